/** What is wrong with bytes that no stage of compression makes. */
export type CompressionFault =
  /** Another version, other stages or another number of values than the task's. */
  | 'other-stages'
  /** Fewer or more bytes than the stages make of so many values. */
  | 'wrong-length'
  /** Levels that are no range of finite values. */
  | 'bad-levels'
  /** Coordinates that are not written as they are to be, or lie beyond the vector. */
  | 'bad-coordinates'

/** Bytes that are not what a stage of compression makes. They come from clients, so every one of them is looked at. */
export class CompressionFormatError extends Error {
  override readonly name = 'CompressionFormatError'
  readonly reason: CompressionFault

  constructor(reason: CompressionFault, problem: string) {
    super(problem)
    this.reason = reason
  }
}
