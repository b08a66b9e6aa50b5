/** Bodies that are bytes: handed on as they come, never held whole unless someone asks for it. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { finished } from 'node:stream'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { tooLarge } from './failures.ts'
import { DeniedError, deny } from './problem.ts'

export const BYTES = 'application/octet-stream'

/** What `request.body` is on a route that takes bytes. */
export type ByteBody = {
  /** The Content-Length, where one came. */
  announcedBytes: number | undefined
  /** The bytes as they arrive, once. Stopping early leaves the connection whole, so that a refusal can still be told. */
  chunks: AsyncIterable<Uint8Array>
}

export const acceptBytes = (app: FastifyInstance): void => {
  app.addContentTypeParser(BYTES, (request, _payload, done) => done(null, byteBodyOf(request)))
  answerExpectations(app)
}

/**
 * The whole body, for a route that needs it at once.
 * @throws DeniedError before reading where the announced length is above `maxBytes`, else at the first byte beyond.
 */
export const readBytes = async (body: ByteBody, maxBytes: number): Promise<Uint8Array> => {
  if (body.announcedBytes !== undefined && body.announcedBytes > maxBytes)
    throw new DeniedError(tooLarge(maxBytes))
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of body.chunks) {
    length += chunk.length
    if (length > maxBytes) throw new DeniedError(tooLarge(maxBytes))
    chunks.push(chunk)
  }
  const bytes = new Uint8Array(length)
  let at = 0
  for (const chunk of chunks) {
    bytes.set(chunk, at)
    at += chunk.length
  }
  return bytes
}

export const byteBody = (request: FastifyRequest): ByteBody => {
  const { body } = request
  if (isByteBody(body)) return body
  throw deny('unsupported-media-type', `Send the bytes as ${BYTES}.`)
}

const byteBodyOf = (request: FastifyRequest): ByteBody => {
  const encoding = request.headers['content-encoding']
  if (encoding !== undefined && encoding !== 'identity')
    throw deny('unsupported-media-type', 'Send the bytes as they are, without Content-Encoding.')
  const length = request.headers['content-length']
  return {
    announcedBytes: length === undefined ? undefined : Number(length),
    chunks: chunksOf(request),
  }
}

const isByteBody = (body: unknown): body is ByteBody =>
  typeof body === 'object' && body !== null && 'chunks' in body && 'announcedBytes' in body

/** So much may wait to be taken before the connection is told to hold back. */
const MOST_WAITING_BYTES = 256 * 1_024

/**
 * The chunks as the parser gives them out. A stream's own iterator would join those that came together into a fresh buffer
 * each time, and destroy the stream, and with a request's stream its socket, where it is left early; this one lets it be.
 */
async function* chunksOf(request: FastifyRequest): AsyncGenerator<Uint8Array> {
  const { raw } = request
  invite(raw)
  const arrived: Uint8Array[] = []
  let waitingBytes = 0
  let end: { failure: Error | undefined } | undefined
  let wake = () => {}
  const take = (chunk: Uint8Array) => {
    arrived.push(chunk)
    waitingBytes += chunk.length
    if (waitingBytes > MOST_WAITING_BYTES) raw.pause()
    wake()
  }
  const stopListening = finished(raw, { writable: false }, (failure) => {
    end = { failure: failure ?? undefined }
    wake()
  })
  raw.on('data', take)
  try {
    for (;;) {
      const chunk = arrived.shift()
      if (chunk) {
        waitingBytes -= chunk.length
        yield chunk
        continue
      }
      if (end?.failure) throw end.failure
      if (end) return
      if (raw.isPaused()) raw.resume()
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  } finally {
    raw.off('data', take)
    stopListening()
    if (!end) raw.pause()
  }
}

const waiting = new WeakMap<IncomingMessage, ServerResponse>()

/**
 * RFC 9110, section 10.1.1: who sends `Expect: 100-continue` wants to know first whether the body is welcome. Node would
 * say yes at once; here the request is looked at first, and invited to go on when somebody begins to read.
 */
const answerExpectations = (app: FastifyInstance): void => {
  app.server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    waiting.set(request, response)
    app.server.emit('request', request, response)
  })
  app.addHook('preParsing', async (request) => {
    if (request.mediaType !== BYTES) invite(request.raw)
  })
}

const invite = (request: IncomingMessage): void => {
  const response = waiting.get(request)
  waiting.delete(request)
  if (response && !response.headersSent) response.writeContinue()
}
