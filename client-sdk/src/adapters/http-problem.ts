/** Answers of the coordinator's REST interface that are not what was asked for. */
import { problemWord } from '@tributary/protocols/plain-round'
import * as z from 'zod/mini'
import type { TransferProblem } from '../participation/event.ts'
import { jsonOf } from '../records/json-record.ts'
import { readBody } from './read-body.ts'

/** What a coordinator has to say, but for models, is far shorter: of what is longer nothing is taken in. */
const LONGEST_BYTES = 2 ** 16
const LONGEST_DETAIL = 1_000

/** What an answer says; `undefined` where that is no JSON, or does not end. Rejects where it breaks off. */
export const jsonFrom = async (response: Response): Promise<unknown> => {
  // A platform that gives no stream gives the whole.
  if (!response.body) return jsonOf(new Uint8Array(await response.arrayBuffer()))
  const answer = { bytes: new Uint8Array(LONGEST_BYTES), have: 0 }
  const end = await readBody(response, answer)
  return end ? jsonOf(answer.bytes.subarray(0, answer.have)) : undefined
}

/** A problem's reason word, if it has one, and what it says to a person. */
export type ToldProblem = { word: string | undefined; detail: string }

/** What is read of a `Problem`. */
const Problem = z.object({ type: z.string(), detail: z.string() })

/** Reads the body of an answer that is not a success; whatever stands there, it gives a sentence. */
export const readProblem = async (response: Response): Promise<ToldProblem> => {
  const problem = Problem.safeParse(await jsonFrom(response).catch(() => undefined))
  return problem.success
    ? {
        word: problemWord(problem.data),
        detail: problem.data.detail.slice(0, LONGEST_DETAIL),
      }
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
