import type { Mistake } from '@tributary/protocols/rest'

/**
 * A scenario that cannot be run, or a part of one that cannot be: a partition, a population. It has everything that is wrong; each mistake names the
 * field (`cohort.target`; empty for the whole), what is wrong and what would do.
 */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly mistakes: readonly Mistake[]

  constructor(mistakes: readonly Mistake[]) {
    super(mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('\n'))
    this.mistakes = mistakes
  }
}

/** @throws ScenarioError always. */
export const refuse = (path: string, message: string): never => {
  throw new ScenarioError([{ path, message }])
}
