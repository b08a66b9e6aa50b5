import { RestProblem, StrangeAnswerError, UnreachableError } from '@tributary/coordinator/rest-client'
import type { Mistake } from '@tributary/protocols/rest'

/** A request that was refused (RFC 9457), or that got no answer: `status` 0. `message` is a sentence for a person. */
export class ProblemError extends Error {
  override name = 'ProblemError'
  readonly status: number
  /** The reason word, as in `round-open`; empty where the answer was no problem of Tributary's. */
  readonly word: string
  readonly mistakes: readonly Mistake[]

  constructor(
    problem: { status: number; word: string; detail: string; mistakes?: readonly Mistake[] },
    cause?: unknown,
  ) {
    super(problem.detail, { cause })
    this.status = problem.status
    this.word = problem.word
    this.mistakes = problem.mistakes ?? []
  }
}

/** What became of a request, for a person. @throws what is no failure of a request, and the reason of one that was taken back. */
export const problemErrorOf = (error: unknown): ProblemError => {
  if (error instanceof RestProblem) {
    const { status, word = '', detail, mistakes } = error
    return new ProblemError({ status, word, detail, mistakes }, error)
  }
  if (error instanceof StrangeAnswerError) {
    const detail = `${error.message} Try again, or ask whoever runs it.`
    return new ProblemError({ status: error.status, word: '', detail }, error)
  }
  if (error instanceof UnreachableError) {
    const detail = 'The coordinator does not answer. It is asked again by itself.'
    return new ProblemError({ status: 0, word: 'no-answer', detail }, error)
  }
  throw error
}
