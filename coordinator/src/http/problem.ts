/** RFC 9457 problems: from what went wrong to what the caller reads. */
import type { Mistake } from '@tributary/protocols/rest'
import { type Problem, problemType } from '@tributary/protocols/rest'
import { isRefusal, type Refusal } from '../refusal.ts'
import { PROBLEMS, type ProblemWord } from './problem-table.ts'

/** What a request is refused with: a service's refusal, or one of HTTP's own. */
export type Denial = Omit<Refusal, 'refused'> & {
  word: ProblemWord
  headers?: Readonly<Record<string, string>>
}

/** Ends a request with a problem, from wherever it is thrown on the request's way. */
export class DeniedError extends Error {
  override name = 'DeniedError'
  readonly denial: Denial
  constructor(denial: Denial) {
    super(`${denial.word}: ${denial.detail}`)
    this.denial = denial
  }
}

export const deny = (word: ProblemWord, detail: string, more: Omit<Denial, 'word' | 'detail'> = {}) =>
  new DeniedError({ word, detail, ...more })

export const denialOf = ({ refused, ...rest }: Refusal): Denial => ({ word: refused, ...rest })

/** What a service answered. @throws DeniedError where it refused. */
export const granted = <T>(outcome: T | Refusal): T => {
  if (isRefusal(outcome)) throw new DeniedError(denialOf(outcome))
  return outcome
}

/** A request can have as many mistakes as it has bytes; its answer lists this many. */
const MOST_MISTAKES = 100

export const problemOf = (denial: Denial, instance: string): Problem => {
  const { status, title } = PROBLEMS[denial.word]
  return {
    type: problemType(denial.word),
    title,
    status,
    detail: denial.detail,
    instance,
    ...(denial.mistakes && { mistakes: shortened(denial.mistakes) }),
    ...(denial.about && { about: { ...denial.about } }),
  }
}

/** Seconds after which trying again makes sense. */
const RETRY_AFTER: Partial<Record<ProblemWord, string>> = { 'storage-full': '60', unavailable: '5' }

export const headersOf = (denial: Denial): Record<string, string> => {
  const retryAfter = RETRY_AFTER[denial.word]
  return {
    ...(denial.word === 'unauthenticated' && { 'www-authenticate': 'Bearer realm="tributary"' }),
    ...(retryAfter !== undefined && { 'retry-after': retryAfter }),
    ...denial.headers,
  }
}

const shortened = (mistakes: readonly Mistake[]): Mistake[] =>
  mistakes.length <= MOST_MISTAKES
    ? [...mistakes]
    : [
        ...mistakes.slice(0, MOST_MISTAKES),
        { path: '', message: `and ${mistakes.length - MOST_MISTAKES} more mistakes` },
      ]
