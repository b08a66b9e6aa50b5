/** Requests that are repeated where that is safe and the coordinator says when. */
import { requireOurs, UnreachableError } from './rest-errors.ts'

export type Patience = {
  /** How long the head of an answer may be waited for. */
  answerMs: number
  /** How often a request is made at most. */
  tries: number
  /** A longer `Retry-After` than this is not waited for. */
  longestWaitMs: number
}

export const PATIENCE: Patience = { answerMs: 30_000, tries: 4, longestWaitMs: 15_000 }

type Fetch = (request: Request) => Promise<Response>

/**
 * `fetch`, that waits out 429 and 503 where they name a time in `Retry-After` and the request may be repeated: it reads, or
 * carries an `Idempotency-Key` (RFC 9110, section 9.2.2). What is aborted rejects with the signal's own reason.
 * @throws UnreachableError where nothing answers in time; StrangeAnswerError where what answers is no coordinator.
 */
export const patientFetch =
  ({ answerMs, tries, longestWaitMs }: Patience, fetch: Fetch = (request) => globalThis.fetch(request)) =>
  async (request: Request): Promise<Response> => {
    const { origin } = new URL(request.url)
    for (let attempt = 1; ; attempt++) {
      const last = attempt >= tries || !isRepeatable(request)
      const response = await answerOf(last ? request : request.clone(), origin, { answerMs, fetch })
      const waitMs = last ? undefined : waitOf(response, longestWaitMs)
      if (waitMs === undefined) {
        requireOurs(response, origin)
        return response
      }
      await response.body?.cancel()
      await pause(waitMs, request.signal)
    }
  }

const isRepeatable = ({ method, headers }: Request): boolean =>
  method === 'GET' || method === 'HEAD' || (method === 'POST' && headers.has('idempotency-key'))

/** Milliseconds after which to ask again; undefined where this is the answer. */
const waitOf = ({ status, headers }: Response, longestWaitMs: number): number | undefined => {
  if (status !== 429 && status !== 503) return undefined
  const after = headers.get('retry-after') ?? ''
  const waitMs = /^\d{1,6}$/.test(after) ? Number(after) * 1_000 : undefined
  return waitMs !== undefined && waitMs <= longestWaitMs ? waitMs : undefined
}

const answerOf = async (
  request: Request,
  origin: string,
  { answerMs, fetch }: { answerMs: number; fetch: Fetch },
): Promise<Response> => {
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), answerMs)
  const signal = AbortSignal.any([request.signal, late.signal])
  try {
    return await fetch(new Request(request, { signal, redirect: 'manual' }))
  } catch (error) {
    if (request.signal.aborted) throw error
    const why = late.signal.aborted ? `nothing came within ${answerMs / 1_000} s` : reasonOf(error)
    throw new UnreachableError(`${origin} cannot be reached: ${why}.`, { cause: error })
  } finally {
    clearTimeout(timer)
  }
}

/** What Node knows of a failed request stands in its causes. */
const reasonOf = (error: unknown): string => {
  const { cause, code, message } = Object(error)
  if (cause) return reasonOf(cause)
  return WORDS[String(code)] ?? (message ? String(message) : 'no reason is known')
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there',
  ENOTFOUND: 'there is no such host',
  EAI_AGAIN: 'the host cannot be looked up at present',
  ECONNRESET: 'the connection was cut',
  UND_ERR_SOCKET: 'the connection was cut',
}

const pause = (ms: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop)
      resolve()
    }, ms)
    const stop = () => {
      clearTimeout(timer)
      reject(signal.reason)
    }
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
