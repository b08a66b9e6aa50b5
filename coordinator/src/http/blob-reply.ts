/** Immutable bytes as an HTTP answer: cacheable, resumable, conditional. */
import { Readable } from 'node:stream'
import { type Digest, unreachable } from '@tributary/protocols'
import type { FastifyReply, FastifyRequest } from 'fastify'
import * as z from 'zod'
import type { OpenBlob } from '../ports/blobs.ts'
import { type ByteRange, decideRange } from './byte-range.ts'
import { BYTES } from './byte-stream.ts'
import { entityTag, isNoneMatch, isRangeCurrent } from './entity-tag.ts'
import { deny } from './problem.ts'

/** The answers of a route that sends a blob, as its schema. */
export const blobAnswers = {
  200: { description: 'The bytes', content: { [BYTES]: { schema: z.any() } } },
  206: { description: 'The range asked for', content: { [BYTES]: { schema: z.any() } } },
  304: z.null().describe('The caller has these bytes already'),
}

/** A private cache may keep it for a year: its address or version never means other bytes. */
const IMMUTABLE = 'private, max-age=31536000, immutable'

/** Answers GET and HEAD with the blob, a part of it, 304 or 416. */
export const replyBlob = (
  request: FastifyRequest,
  reply: FastifyReply,
  { digest, blob, filename }: { digest: Digest; blob: OpenBlob; filename?: string },
): FastifyReply => {
  const tag = entityTag(digest)
  reply.headers({ etag: tag, 'cache-control': IMMUTABLE, 'accept-ranges': 'bytes' })
  if (isNoneMatch(request.headers['if-none-match'], tag)) return reply.code(304).send()
  reply.type(BYTES)
  if (filename !== undefined) reply.header('content-disposition', `attachment; filename="${filename}"`)
  if (request.method === 'HEAD') return reply.header('content-length', blob.bytes).send()
  const decision = isRangeCurrent(request.headers['if-range'], tag)
    ? decideRange(request.headers.range, blob.bytes)
    : { kind: 'whole' as const }
  switch (decision.kind) {
    case 'whole':
      return sendBytes(reply, blob, undefined)
    case 'part': {
      const { start, end } = decision.range
      reply.code(206).header('content-range', `bytes ${start}-${end}/${blob.bytes}`)
      return sendBytes(reply, blob, decision.range)
    }
    case 'unsatisfiable':
      throw deny('range-not-satisfiable', `There are ${blob.bytes} bytes; the range begins beyond them.`, {
        about: { bytes: blob.bytes },
        headers: { 'content-range': `bytes */${blob.bytes}`, 'cache-control': 'no-store' },
      })
    default:
      return unreachable(decision)
  }
}

const sendBytes = (reply: FastifyReply, blob: OpenBlob, range: ByteRange | undefined): FastifyReply => {
  const length = range ? range.end - range.start + 1 : blob.bytes
  const stream = Readable.from(blob.stream(range), { objectMode: false })
  return reply.header('content-length', length).send(stream)
}
