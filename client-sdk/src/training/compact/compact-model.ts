/** A task’s model in the memory of a training module: trained, judged and asked without a wait, on this thread. */
import type { Assignment } from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import type { ExampleSizes, Examples } from '../examples.ts'
import { freezeTopology } from '../freeze-topology.ts'
import type { TrainingSteps } from '../in-turns.ts'
import type { Inputs } from '../inputs.ts'
import type { TrainingResult } from '../trainer.ts'
import { wholeModel } from '../whole-model.ts'
import { type CompactJob, createBody, exampleSizes } from './body.ts'
import { namesAndShapes, outlineOf } from './outline.ts'
import { sequentialSpec, unsupported } from './sequential-spec.ts'
import { instantiateTraining } from './training-module.ts'
import { type FedJob, trainingSteps } from './training-steps.ts'
import { askCompact, judgeCompact } from './use-compact.ts'

/** Weights are flat vectors in the order of the task's tensors, frozen ones in that of its frozen tensors; they are only read. */
export type CompactModel = {
  /** Of one example's input and output. */
  readonly sizes: ExampleSizes
  /** All epochs of the plan at once. The same job gives the same bytes, on every machine. */
  train(job: CompactJob): TrainingResult
  /** The same, a batch at each `next()`; it yields progress now and then. Leave it where it is to break off. */
  steps(job: CompactJob | FedJob): TrainingSteps
  /** Mean loss, and accuracy where it means something. */
  evaluate(model: Judging): Judgement
  evaluateSteps(model: Judging): Generator<undefined, Judgement, void>
  /** Row-major outputs, activated as the topology says. */
  predict(model: Asking): Float32Array
  predictSteps(model: Asking): Generator<undefined, Float32Array, void>
}

type Judging = { weights: Float32Array; frozen?: Float32Array; examples: Examples }
type Judgement = { examples: number; metrics: Record<string, number> }
type Asking = { weights: Float32Array; frozen?: Float32Array; inputs: Inputs }

/**
 * A model of its own for this thread; training any number of clients one after the other allocates nothing more than
 * their results.
 * @throws TributaryError `unsupported-model`, `model-mismatch`, `no-backend`; its functions `bad-examples`.
 */
export const compactModel = async (assignment: Assignment): Promise<CompactModel> => {
  const { model, plan } = assignment
  if (model.format !== 'tfjs-layers')
    throw unsupported(`its format is ${model.format}; only tfjs-layers models are`)
  const outline = outlineOf(sequentialSpec(freezeTopology(model), plan.loss))
  const whole = wholeModel(model, namesAndShapes(outline))
  const body = createBody(await instantiateTraining(), outline, plan.loss, totalElements(whole.manifest))
  const steps: CompactModel['steps'] = function* (job) {
    return whole.trained(yield* trainingSteps(body, whole.jobOf(job)))
  }
  const evaluateSteps = ({ examples, ...given }: Judging) =>
    judgeCompact(body, whole.weightsOf(given), examples)
  const predictSteps = ({ inputs, ...given }: Asking) => askCompact(body, whole.weightsOf(given), inputs)
  return {
    sizes: exampleSizes(outline),
    steps,
    evaluateSteps,
    predictSteps,
    train: (job) => atOnce(steps(job)),
    evaluate: (model) => atOnce(evaluateSteps(model)),
    predict: (model) => atOnce(predictSteps(model)),
  }
}

const atOnce = <Outcome>(steps: Generator<unknown, Outcome, void>): Outcome => {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}
