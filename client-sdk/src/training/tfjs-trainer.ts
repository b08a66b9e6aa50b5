/** Training of tfjs layers models. tfjs and its backend are loaded when they are first needed. */
import { TributaryError } from '../tributary-error.ts'
import type { BackendOptions } from './backends/backend.ts'
import { exampleDoor, type SourceOptions } from './example-source.ts'
import { withInitialLoss } from './initial-loss.ts'
import type { Inputs } from './inputs.ts'
import { withOpened } from './opened.ts'
import { createTfjsEngine, type TfjsEngine } from './tfjs-engine.ts'
import { trainModel } from './train-model.ts'
import type { Evaluator, Predictor, Trainer } from './trainer.ts'
import { requireSlice } from './turns.ts'
import { askModel, judgeModel } from './use-model.ts'

export type { BackendName, BackendOptions } from './backends/backend.ts'
export { loadBackend } from './backends/load-backend.ts'
export { describeTfjsModel, encodeTfjsWeights } from './describe-model.ts'
export type { ExampleSource } from './example-source.ts'
export type { Examples } from './examples.ts'
export type { Inputs } from './inputs.ts'
export { createTfjsEngine, type TfjsEngine } from './tfjs-engine.ts'

export type TfjsTrainerOptions = SourceOptions & {
  /** An engine that is shared with other trainers. Left out, the trainer has its own. */
  engine?: TfjsEngine
  /** Which backend a trainer's own engine takes. */
  backend?: BackendOptions
  /** Milliseconds of work after which everything else on this thread has its turn, or one batch where that takes longer; 8 where it is left out. */
  sliceMs?: number
}

/** Takes inputs of any number of examples, row-major or an array for each, and gives row-major outputs, activated as the topology says. */
export type TfjsTrainer = Trainer &
  Evaluator &
  Predictor<Inputs, Float32Array> & {
    /** Lets go of the models that this trainer's own engine has built. */
    dispose(): void
  }

/**
 * A trainer for tasks whose model is `tfjs-layers`. Its errors: TributaryError `no-backend`, `unsupported-model`,
 * `model-mismatch`, `bad-examples`, `bad-options`.
 */
export const createTfjsTrainer = ({
  engine,
  backend,
  sliceMs,
  ...source
}: TfjsTrainerOptions): TfjsTrainer => {
  requireSlice(sliceMs)
  const own = engine ?? createTfjsEngine(backend)
  const open = exampleDoor(source)
  return {
    train: (job) => {
      const { assignment } = job
      const { loss } = assignment.plan
      return withOpened(open(assignment, job.signal), (mine) =>
        own.withModel(assignment, (model, loaded) => {
          const whole = model.whole.jobOf(job)
          const { weights } = whole
          return explained(
            withInitialLoss(
              assignment,
              () => mine.judged((some) => judgeModel(loaded, model, some, { weights, loss, sliceMs })),
              async () => model.whole.trained(await trainModel(loaded, model, mine.supply, whole, sliceMs)),
            ),
          )
        }),
      )
    },
    evaluate: (given) => {
      const { loss } = given.assignment.plan
      return withOpened(open(given.assignment), (mine) =>
        own.withModel(given.assignment, (model, loaded) =>
          explained(
            mine.judged((some) =>
              judgeModel(loaded, model, some, { weights: model.whole.weightsOf(given), loss, sliceMs }),
            ),
          ),
        ),
      )
    },
    predict: (given, inputs) =>
      own.withModel(given.assignment, (model, loaded) =>
        explained(askModel(loaded, model, inputs, { weights: model.whole.weightsOf(given), sliceMs })),
      ),
    dispose: () => (engine ? undefined : own.dispose()),
  }
}

/** tfjs says that a kernel is not registered; what helps is another backend. */
const explained = async <T>(work: Promise<T>): Promise<T> => {
  try {
    return await work
  } catch (cause) {
    const missing = cause instanceof Error ? MISSING_KERNEL.exec(cause.message) : undefined
    if (!missing) throw cause
    const [, kernel, backend] = missing
    const problem = `the ${backend} backend of tfjs cannot train this model: it has no ${kernel}`
    const remedy = `Prefer another backend (in Node ${others('tensorflow', 'cpu', backend)}, in browsers ${others('webgl', 'cpu', backend)})`
    throw new TributaryError({ code: 'unsupported-model', problem, remedy }, { cause })
  }
}

const MISSING_KERNEL = /Kernel '(\w+)' not registered for backend '(\w+)'/

const others = (first: string, second: string, than: string | undefined): string =>
  [first, second].filter((name) => name !== than).join(' or ')
