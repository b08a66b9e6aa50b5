/** What an app brings: its data, which never leaves the trainer, and a way to learn from it. */
import type { Assignment, Plan } from '@tributary/protocols/task'

export type Trainer = {
  /**
   * Trains from `weights` by the plan and gives the new weights, in the same order and number. It leaves `weights` as
   * they are, and settles soon after the signal aborts, whichever way.
   */
  train(job: TrainingJob): Promise<TrainingResult>
}

export type TrainingJob = TrainingModel & {
  plan: Plan
  /**
   * What the task's strategy has added to the gradient of every step, in the order of the weights: with it ∇L(w) + correction is
   * descended. A trainer that does so says `corrected`; the result of one that does not is of no use to the strategy.
   */
  correction?: Float32Array
  /** 0 to 2^32 − 1: what shuffling and dropout start from, so that a training can be repeated. */
  seed: number
  signal: AbortSignal
  /** Tell it as often as you like. */
  onProgress(progress: TrainingProgress): void
}

/** A model as it travels: what it is, and its parameters. */
export type TrainingModel = {
  assignment: Assignment
  /** All parameters that are trained, row-major, in the order of the model's tensors. Read only. */
  weights: Float32Array
  /** Those that nobody trains, in the order of the model's frozen tensors, where it has such. Read only. */
  frozen?: Float32Array
}

/** `fraction` of the plan that is done, 0 to 1, and the mean loss lately. */
export type TrainingProgress = { fraction: number; loss?: number }

export type TrainingResult = {
  /** The trained parameters, a new array in the order of the model's tensors. */
  weights: Float32Array
  /** Examples that were trained on: the weight of this update. With 0 there is no update. */
  examples: number
  /** At most 32 numbers such as `loss` and `accuracy`; those that are not finite are left out. */
  metrics: Record<string, number>
  /** Steps that the optimizer has taken. Strategies ask for it whose assignment names `fednova` or `scaffold`. */
  steps?: number
  /** Mean loss over the same examples under the weights received, before training. An assignment that names `q-fedavg` asks for it. */
  initialLoss?: number
  /** That the job's correction was added to every gradient. */
  corrected?: boolean
}

/** A trainer that can judge a model by its own data. */
export type Evaluator = {
  /** `examples` that it was judged by, and means over them. */
  evaluate(model: TrainingModel): Promise<{ examples: number; metrics: Record<string, number> }>
}

/** A trainer that can use a model. */
export type Predictor<Input, Output> = {
  predict(model: TrainingModel, input: Input): Promise<Output>
}

/** A trainer that can say how much it has to learn from. A client whose conditions want a number of examples needs one. */
export type ExampleCounter = {
  countExamples(): number | Promise<number>
}
