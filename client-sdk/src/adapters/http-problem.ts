/** Answers of the coordinator's REST interface that are not what was asked for. */
import { Problem, problemWord } from '@tributary/protocols/plain-round'
import type { TransferProblem } from '../participation/event.ts'

/** A problem's reason word, if it has one, and what it says to a person. */
export type ToldProblem = { word: string | undefined; detail: string }

/** Reads the body of an answer that is not a success; whatever stands there, it gives a sentence. */
export const readProblem = async (response: Response): Promise<ToldProblem> => {
  const text = await response.text().catch(() => '')
  const problem = Problem.safeParse(jsonOf(text))
  return problem.success
    ? { word: problemWord(problem.data), detail: problem.data.detail }
    : { word: undefined, detail: `HTTP ${response.status} ${response.statusText}`.trim() }
}

/** What an unsuccessful answer means for the transfer that asked. */
export const transferProblemOf = async (response: Response, now: number): Promise<TransferProblem> => {
  const { word, detail } = await readProblem(response)
  const { status } = response
  if (status === 401) return { kind: 'unauthenticated' }
  // A 409 without a word comes from something on the way that knows the statuses of this interface only.
  if (word === 'round-over' || (status === 409 && word === undefined)) return { kind: 'round-over' }
  if (status >= 500 || status === 408 || status === 425 || status === 429)
    return interrupted(response.headers.get('retry-after'), now)
  return { kind: 'refused', detail: word === undefined ? detail : `${word}: ${detail}` }
}

/** However long a coordinator says: it may be back sooner, and the line brings word of it. */
const LONGEST_RETRY_AFTER_MS = 10 * 60_000

const interrupted = (retryAfter: string | null, now: number): TransferProblem => {
  if (retryAfter === null) return { kind: 'interrupted' }
  const afterMs = /^\d+$/.test(retryAfter) ? Number(retryAfter) * 1_000 : Date.parse(retryAfter) - now
  return Number.isFinite(afterMs)
    ? { kind: 'interrupted', afterMs: Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, afterMs)) }
    : { kind: 'interrupted' }
}

const jsonOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
