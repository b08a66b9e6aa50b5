import type { Mistake } from '@tributary/protocols/rest'

/** A population that cannot be. Each mistake names the field of the spec, what is wrong and what would do. */
export class PopulationError extends Error {
  override readonly name = 'PopulationError'
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ path, message }) => (path === '' ? message : `${path}: ${message}`)).join('\n'))
    this.mistakes = mistakes
  }
}

/** @throws PopulationError always. */
export const refusePopulation = (path: string, message: string): never => {
  throw new PopulationError([{ path, message }])
}
