import type { Mistake } from '@tributary/protocols/rest'

/** Rows cannot be given out as asked. Each mistake names the field of the spec, what is wrong and what would do. */
export class PartitionError extends Error {
  override readonly name = 'PartitionError'
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n'))
    this.mistakes = mistakes
  }
}

/** @throws PartitionError always. */
export const refuse = (path: string, message: string): never => {
  throw new PartitionError([{ path, message }])
}
