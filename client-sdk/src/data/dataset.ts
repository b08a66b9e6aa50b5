/** What a client learns from where it is more than two arrays: a source of batches that can be read again. */
import { TributaryError } from '../tributary-error.ts'

/** Examples side by side, as many as the source likes: plans make batches of their own of them. */
export type Batch = {
  /** Row-major: `rows` times one example's input. */
  inputs: Float32Array
  /**
   * Whole numbers (`Uint8Array`, `Int32Array`): a class each. `Float32Array`: row-major, `rows` times one example's output. Of one kind
   * throughout a dataset.
   */
  targets: Float32Array | Int32Array | Uint8Array
  /** Examples in this batch, 1 or more. */
  rows: number
  /** What an example is told apart by, one a row, where the source has such: a split goes by it. */
  keys?: readonly string[]
}

/**
 * Each iteration begins anew at the first example, and gives what there was when it began: what is added meanwhile is for the next one.
 * An iteration that is left early closes its source.
 */
export type Dataset = AsyncIterable<Batch> & {
  /** Of one example's input, without the batch's axis. */
  readonly shape: readonly number[]
  /** Examples that an iteration gives, where that is known before it. */
  readonly size?: number | undefined
}

export const isDataset = (source: object): source is Dataset => Symbol.asyncIterator in source

/** Examples that one iteration may give, unless the app says otherwise: a source that never ends is an error, and no endless round. */
export const DEFAULT_MAX_EXAMPLES = 10_000_000

export const badExamples = (problem: string, remedy: string, options?: ErrorOptions): TributaryError =>
  new TributaryError({ code: 'bad-examples', problem, remedy }, options)

export const tooManyExamples = (maxExamples: number): TributaryError =>
  badExamples(
    `the dataset gives more than ${maxExamples} examples`,
    'Raise `maxExamples` if it is meant to, or give an end to its source',
  )
