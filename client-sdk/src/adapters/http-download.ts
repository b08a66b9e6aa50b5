/** Immutable bytes by digest over HTTP, taken up again where a broken connection left off (RFC 9110, section 14). */
import type { Digest } from '@tributary/protocols'
import type { BlobRef, Session } from '@tributary/protocols/messages'
import { clientPaths } from '@tributary/protocols/plain-round'
import type { Clock } from '@tributary/protocols/platform'
import { digestOf } from '@tributary/protocols/tensors'
import type { TransferProblem } from '../participation/event.ts'
import type { Bulk, DownloadAnswer } from '../ports/bulk.ts'
import type { Endpoints } from './endpoints.ts'
import { transferProblemOf } from './http-problem.ts'
import { patience } from './patience.ts'
import { type Filling, readBody } from './read-body.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Needs = { endpoints: Endpoints; fetch: Fetch; clock: Clock; stallMs: number; maxBytes: number }

type Partially = Filling & { digest: Digest }

/** What one request brought. */
type Attempt =
  | { kind: 'complete' }
  /** The connection ended before the bytes did. */
  | { kind: 'broken' }
  /** These cannot be the bytes that were asked for. */
  | { kind: 'wrong'; detail: string }
  | TransferProblem

/** Requests in a row that bring nothing new before the wait is left to whoever asked. */
const FRUITLESS_ATTEMPTS = 3

export const createDownload = (needs: Needs): Bulk['download'] => {
  /** The download that was interrupted last, so that the next request for it goes on. */
  let interrupted: Partially | undefined

  return async (ref, session, signal) => {
    if (ref.bytes > needs.maxBytes)
      return refused(`${ref.bytes} bytes are more than the ${needs.maxBytes} that this client takes`)
    const partial: Partially =
      interrupted?.digest === ref.digest && interrupted.bytes.length === ref.bytes
        ? interrupted
        : { digest: ref.digest, bytes: new Uint8Array(ref.bytes), have: 0 }
    interrupted = undefined
    const answer = await fill(needs, partial, ref, session, signal)
    if (answer.kind === 'interrupted' || answer.kind === 'unauthenticated') interrupted = partial
    return answer
  }
}

const fill = async (
  needs: Needs,
  partial: Partially,
  ref: BlobRef,
  session: Session,
  signal: AbortSignal,
): Promise<DownloadAnswer> => {
  let fruitless = 0
  let problem: string | undefined
  while (fruitless < FRUITLESS_ATTEMPTS) {
    const had = partial.have
    const attempt = await request(needs, partial, session, { signal, fresh: problem !== undefined })
    switch (attempt.kind) {
      case 'complete':
        if (digestOf(partial.bytes) === ref.digest) return { kind: 'received', bytes: partial.bytes }
        break
      case 'broken':
        fruitless = partial.have > had ? 0 : fruitless + 1
        continue
      case 'wrong':
        break
      default:
        return attempt
    }
    // A second chance from the start: a cache on the way, or a resumed half, may be what is wrong.
    const detail = attempt.kind === 'wrong' ? attempt.detail : `the bytes are not those of ${ref.digest}`
    if (problem !== undefined) return refused(detail)
    problem = detail
    partial.have = 0
  }
  return { kind: 'interrupted' }
}

const request = async (
  { endpoints, fetch, clock, stallMs }: Needs,
  partial: Partially,
  session: Session,
  { signal, fresh }: { signal: AbortSignal; fresh: boolean },
): Promise<Attempt> => {
  const waiting = patience(clock, stallMs, signal)
  try {
    const response = await fetch(endpoints.rest(clientPaths.blob(partial.digest)), {
      headers: {
        authorization: `Bearer ${session.token}`,
        ...(partial.have > 0 ? { range: `bytes=${partial.have}-` } : {}),
      },
      signal: waiting.signal,
      ...(fresh ? { cache: 'reload' as const } : {}),
    })
    waiting.heard()
    if (response.status === 416) return await wrong(response, 'the coordinator holds fewer bytes')
    if (!response.ok) return await transferProblemOf(response, clock.now())
    if (response.status !== 206) partial.have = 0
    else if (startOf(response) !== partial.have)
      return await wrong(response, 'another part came than was asked for')
    if (!(await readBody(response, partial, waiting.heard)))
      return { kind: 'wrong', detail: `more than the ${partial.bytes.length} bytes announced came` }
    return partial.have === partial.bytes.length ? { kind: 'complete' } : { kind: 'broken' }
  } catch {
    signal.throwIfAborted()
    return { kind: 'broken' }
  } finally {
    waiting.done()
  }
}

const wrong = async (response: Response, detail: string): Promise<Attempt> => {
  await response.body?.cancel()
  return { kind: 'wrong', detail }
}

/** The first byte of a partial answer. */
const startOf = (response: Response): number | undefined => {
  const start = /^bytes (\d+)-/.exec(response.headers.get('content-range') ?? '')?.[1]
  return start === undefined ? undefined : Number(start)
}

const refused = (detail: string) => ({ kind: 'refused', detail }) as const
