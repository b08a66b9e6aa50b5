export type ScenarioMistake = {
  /** Of the field: `cohort.target`; empty for the file itself. */
  path: string
  message: string
}

/** A scenario that cannot be run, with everything that is wrong with it. */
export class ScenarioError extends Error {
  override readonly name = 'ScenarioError'
  readonly mistakes: readonly ScenarioMistake[]

  constructor(mistakes: readonly ScenarioMistake[]) {
    super(mistakes.map(({ path, message }) => (path ? `${path}: ${message}` : message)).join('\n'))
    this.mistakes = mistakes
  }
}
