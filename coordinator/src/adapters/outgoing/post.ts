import { type IncomingMessage, type RequestOptions, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Clock } from '@tributary/protocols/runtime'
import type { Letter, Post, PostAnswer } from '../../ports/post.ts'
import { literalAddress } from '../../webhooks/public-address.ts'
import { AddressRefusedError, checkedLookup, type Resolve } from './checked-lookup.ts'

export type PostOptions = {
  clock: Clock
  /** Which addresses may be connected to. */
  allows(address: string): boolean
  /** From the first packet to the end of the answer. */
  timeoutMs?: number
  /** Names to addresses; the system's way unless given. */
  resolve?: Resolve
}

const TIMEOUT_MS = 10_000
/** Of an answer's body, which nobody reads: what is longer is cut off. */
const MOST_ANSWER_BYTES = 16_384

/**
 * POSTs over http and https, each on a connection of its own, to addresses that are allowed once the name has been resolved.
 * Redirections are answers like any other. The answer is its status: it counts once the headers are there, though its
 * body never ends.
 */
export const createPost = ({ clock, allows, timeoutMs = TIMEOUT_MS, resolve }: PostOptions): Post => {
  const lookup = checkedLookup(allows, resolve)
  return (letter) =>
    new Promise((answer) => {
      const url = new URL(letter.url)
      const literal = literalAddress(url)
      if (literal !== undefined && !allows(literal)) return answer(refusedAddress())
      if (letter.signal.aborted) return answer({ kind: 'given-up' })

      const request = (url.protocol === 'https:' ? requestHttps : requestHttp)(url, {
        ...optionsOf(letter),
        lookup,
      })
      let answered: PostAnswer | undefined
      const end = (result: PostAnswer) => {
        cancel()
        letter.signal.removeEventListener('abort', abort)
        request.destroy()
        answer(result)
      }
      const abort = () => end(answered ?? { kind: 'given-up' })
      const late = () => end(answered ?? { kind: 'failed', why: `no answer within ${timeoutMs / 1_000} s` })
      const cancel = clock.wakeAt(clock.now() + timeoutMs, late)
      letter.signal.addEventListener('abort', abort)
      request.on('error', (error) => end(answered ?? failureOf(error)))
      request.on('close', () => end(answered ?? { kind: 'failed', why: BROKEN_OFF }))
      request.on('response', (response) => {
        const result = answerOf(response)
        answered = result
        let bytes = 0
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes > MOST_ANSWER_BYTES) end(result)
        })
        response.on('close', () => end(result))
        response.on('error', () => end(result))
      })
      request.end(letter.body)
    })
}

const optionsOf = ({ headers, body }: Letter): RequestOptions => ({
  method: 'POST',
  headers: { ...headers, 'content-length': Buffer.byteLength(body) },
  // No connection is kept: between two deliveries pass minutes.
  agent: false,
})

const answerOf = ({ statusCode = 0, headers }: IncomingMessage): PostAnswer => {
  const retryAfterMs = waitOf(headers['retry-after'], headers.date)
  return { kind: 'answered', status: statusCode, ...(retryAfterMs !== undefined && { retryAfterMs }) }
}

/** RFC 9110, section 10.2.3: seconds, or a date by the receiver's clock. */
const waitOf = (header: string | undefined, date = ''): number | undefined => {
  if (header === undefined) return undefined
  const wait = /^\d{1,9}$/.test(header) ? Number(header) * 1_000 : Date.parse(header) - Date.parse(date)
  return wait > 0 ? wait : undefined
}

const failureOf = (error: Error & { code?: unknown }): PostAnswer => {
  if (error instanceof AddressRefusedError) return refusedAddress()
  const { code } = error
  if (typeof code !== 'string') return { kind: 'failed', why: 'the connection failed' }
  return { kind: 'failed', why: WORDS[code] ?? `the connection failed (${code})` }
}

const refusedAddress = (): PostAnswer => ({
  kind: 'failed',
  why: 'its address is not a public one: --webhooks-private allow lets such be told',
})

const BROKEN_OFF = 'it broke the connection off'

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ECONNRESET: BROKEN_OFF,
  ENOTFOUND: 'its name is not known',
  EAI_AGAIN: 'its name could not be resolved',
  HPE_HEADER_OVERFLOW: 'the headers of its answer are too long',
}
