/** Linear, logistic and multinomial logistic regression in plain TypeScript: no tfjs, no WebAssembly, a few kilobytes. */
import type { Assignment } from '@tributary/protocols/task'
import { activationOf } from '../activation-of.ts'
import { exampleDoor, type SourceOptions } from '../example-source.ts'
import { inTurns } from '../in-turns.ts'
import { withInitialLoss } from '../initial-loss.ts'
import type { Inputs } from '../inputs.ts'
import { withOpened } from '../opened.ts'
import type { Evaluator, Predictor, Trainer, TrainingModel } from '../trainer.ts'
import { readLinearModel } from './linear-model.ts'
import { type LinearSpec, unsupported } from './linear-spec.ts'
import { linearSteps } from './linear-steps.ts'
import { askLinear, judgeLinear } from './use-linear.ts'

export type { ExampleSource } from '../example-source.ts'
export type { Examples } from '../examples.ts'
export type { Inputs } from '../inputs.ts'
export { describeLinearModel, type LinearModelOptions } from './linear-model.ts'
export type { Standardization } from './linear-spec.ts'

export type LinearTrainerOptions = SourceOptions

/** Takes inputs of any number of examples, row-major or an array for each, and gives row-major outputs: values, or probabilities where the loss is of them. */
export type LinearTrainer = Trainer & Evaluator & Predictor<Inputs, Float32Array>

/**
 * A trainer for tasks whose model is `describeLinearModel`'s, or a tfjs topology of a single dense layer. It carries plans out as the
 * other trainers do: the same examples in the same order, and the same numbers but for rounding.
 * Its errors: TributaryError `unsupported-model`, `model-mismatch`, `bad-examples`.
 */
export const createLinearTrainer = (source: LinearTrainerOptions): LinearTrainer => {
  const open = exampleDoor(source)
  return {
    async train(job) {
      const { assignment, weights, signal } = job
      const spec = await specOf(job)
      return withOpened(open(assignment, signal), (mine) =>
        withInitialLoss(
          assignment,
          () => mine.judged((examples) => judgeLinear(spec, weights, examples)),
          () => inTurns(linearSteps(spec, mine.supply, job), job),
        ),
      )
    },
    async evaluate(model) {
      const spec = await specOf(model)
      return withOpened(open(model.assignment), (mine) =>
        mine.judged((examples) => judgeLinear(spec, model.weights, examples)),
      )
    },
    predict: async (model, inputs) => askLinear(await specOf(model), model.weights, inputs),
  }
}

const specOf = async ({ assignment, weights }: TrainingModel): Promise<LinearSpec> => {
  const spec = await readSpec(assignment)
  const { inputs, outputs, bias, loss } = spec
  if (loss === 'softmax-cross-entropy' && outputs === 1)
    throw unsupported(
      'softmax of a single output is always 1: take sigmoid-cross-entropy, or an output a class',
    )
  const parameters = (inputs + (bias ? 1 : 0)) * outputs
  if (weights.length !== parameters)
    throw new RangeError(`${weights.length} weights for a model of ${parameters}`)
  return spec
}

const readSpec = async ({ model, plan: { loss } }: Assignment): Promise<LinearSpec> => {
  if (model.format === 'custom') return { ...readLinearModel(model), loss, activation: activationOf(loss) }
  // Of topologies only those need to know that have one.
  const { readSingleDense } = await import('./single-dense.ts')
  return readSingleDense(model, loss)
}
