import type { Mistake, Problem } from '@tributary/protocols/rest'

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

/** What a refusing answer says, whoever wrote it: a proxy's page is no problem document. */
export const problemOf = async (answer: Response): Promise<ProblemError> => {
  const problem = await problemIn(answer)
  if (!problem) {
    const detail = `The server answered ${answer.status} ${answer.statusText}`.trim()
    return new ProblemError({
      status: answer.status,
      word: '',
      detail: `${detail}. Try again, or ask whoever runs it.`,
    })
  }
  const { status, detail, mistakes = [], type } = problem
  return new ProblemError({ status, detail, mistakes, word: type.replace(/^urn:tributary:problem:/, '') })
}

const problemIn = async (answer: Response): Promise<Problem | undefined> => {
  if (!answer.headers.get('content-type')?.includes('application/problem+json')) return undefined
  const body: unknown = await answer.json().catch(() => undefined)
  return isProblem(body) ? body : undefined
}

const isProblem = (body: unknown): body is Problem =>
  typeof body === 'object' && body !== null && 'type' in body && 'detail' in body && 'status' in body
