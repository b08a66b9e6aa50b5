/** What can become of a request, beside its answer. */
import { PROBLEM_MEDIA_TYPE, type Problem, problemWord } from '@tributary/protocols/rest'

/** The coordinator refused: an RFC 9457 problem. */
export class RestProblem extends Error {
  override name = 'RestProblem'
  /** The reason word, `round-open` say; undefined where the problem is not one of Tributary's. */
  readonly word: string | undefined
  readonly status: number
  readonly detail: string
  /** Every mistake found in the request, each at its place. */
  readonly mistakes: readonly { path: string; message: string }[]
  readonly about: Readonly<Record<string, string | number>>
  constructor(problem: Problem, status: number) {
    super(problem.detail)
    this.word = problemWord(problem)
    this.status = status
    this.detail = problem.detail
    this.mistakes = problem.mistakes ?? []
    this.about = problem.about ?? {}
  }
}

/** No answer came: nobody listens there, the network is down, or it took too long. */
export class UnreachableError extends Error {
  override name = 'UnreachableError'
}

/** Something answered, and not as a coordinator does: a proxy on the way, or another server at that address. */
export class StrangeAnswerError extends Error {
  override name = 'StrangeAnswerError'
  readonly status: number
  constructor(origin: string, status: number, what: string) {
    super(`What answers at ${origin} is no coordinator: it answered ${status} ${what}.`)
    this.status = status
  }
}

/** @throws StrangeAnswerError for an answer that no coordinator gives. */
export const requireOurs = (response: Response, origin: string): void => {
  const { status, type } = response
  const media = mediaTypeOf(response)
  if (type === 'opaqueredirect' || (status >= 300 && status < 400 && status !== 304))
    throw new StrangeAnswerError(origin, status, 'and sends elsewhere; give the address it sends to')
  if (status >= 400 && media !== PROBLEM_MEDIA_TYPE)
    throw new StrangeAnswerError(origin, status, `in ${media || 'no format at all'}`)
  if (media === 'text/html') throw new StrangeAnswerError(origin, status, 'with a web page')
}

/** @throws StrangeAnswerError for a body that is no problem. */
export const problemOfBody = (body: unknown, { status, url }: Response): RestProblem => {
  if (isProblem(body)) return new RestProblem(body, status)
  throw new StrangeAnswerError(
    URL.parse(url)?.origin ?? 'that address',
    status,
    'with a problem that is none',
  )
}

/** As much of a problem as is read of it, in place of its schema: pages that use this client load no zod. */
const isProblem = (body: unknown): body is Problem => {
  if (typeof body !== 'object' || body === null) return false
  const { type, detail, mistakes, about } = body as Record<string, unknown>
  return (
    typeof type === 'string' &&
    typeof detail === 'string' &&
    (mistakes === undefined || (Array.isArray(mistakes) && mistakes.every(isMistake))) &&
    (about === undefined || (typeof about === 'object' && about !== null))
  )
}

const isMistake = (one: unknown): boolean => {
  const { path, message } = Object(one)
  return typeof path === 'string' && typeof message === 'string'
}

const mediaTypeOf = ({ headers }: Response): string =>
  (headers.get('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
