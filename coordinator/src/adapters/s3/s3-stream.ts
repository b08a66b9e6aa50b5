import type { Readable } from 'node:stream'
import type { Digest } from '@tributary/protocols'
import { StorageError } from '../../faults/storage.ts'
import { createNativeDigest } from '../native-digest.ts'
import type { Answer, S3Bucket } from './s3-bucket.ts'

export type Wanted = {
  key: string
  digest: Digest
  /** The length of the whole object. */
  bytes: number
  /** The part of it that is wanted. */
  start: number
  length: number
  /** An answer that has come already, for all of it. */
  first?: Answer
}

export type Patience = {
  /** How long nothing may come while something is waited for. */
  stallMs: number
  /** How often a transfer that broke off is taken up again where it was. */
  resumptions: number
}

/**
 * The bytes wanted, asked for when the consumer asks and no faster than it takes them; the connection ends when the
 * consumer stops. A whole object's last piece comes only when all of them have its digest, so whoever got the whole
 * length got the right bytes; of a part only the length can be checked. Throws `StorageError`.
 */
export async function* objectBytes(
  bucket: Pick<S3Bucket, 'get'>,
  { key, digest, bytes, start, length, first }: Wanted,
  { stallMs, resumptions }: Patience,
): AsyncGenerator<Uint8Array> {
  const hash = length === bytes ? createNativeDigest() : undefined
  const end = start + length
  let left = resumptions
  let at = start
  let body = first?.body
  try {
    while (at < end) {
      if (!body) {
        const whole = length === bytes && at === 0
        const answer = await bucket.get(key, whole ? undefined : { start: at, end: end - 1 })
        if (!answer) throw new StorageError(`${digest} has been deleted`)
        body = answer.body
        if (answer.bytes !== bytes) throw damaged(digest, `it has ${answer.bytes} bytes, not ${bytes}`)
      }
      const piece = await nextPiece(body, stallMs).catch((cause: unknown) => {
        if (left-- > 0) return undefined
        throw new StorageError(`reading ${digest}: the transfer broke off ${resumptions + 1} times`, {
          cause,
        })
      })
      if (!piece) {
        body.destroy()
        body = undefined
        continue
      }
      at += piece.length
      if (at > end) throw damaged(digest, 'more bytes came than were asked for')
      hash?.update(piece)
      if (at === end && hash && hash.digest() !== digest)
        throw damaged(digest, 'it no longer has that digest')
      yield piece
    }
    if (length === 0 && hash && hash.digest() !== digest) throw damaged(digest, 'it is empty')
  } finally {
    // One that was read to its end gives its connection back; any other takes it along.
    if (at === end) body?.resume()
    else body?.destroy()
  }
}

const damaged = (digest: Digest, how: string) =>
  new StorageError(`${digest} is damaged: ${how}; delete it or restore it from a backup`)

/** What comes next; the stream fails where nothing does for too long, or where it ends though more is wanted. */
const nextPiece = (body: Readable, stallMs: number): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      body.off('readable', look).off('end', ended).off('close', ended).off('error', failed)
      act()
    }
    const look = () => {
      const piece: unknown = body.read()
      if (piece instanceof Uint8Array) settle(() => resolve(piece))
    }
    const failed = (error: Error) => settle(() => reject(error))
    const ended = () => failed(body.errored ?? new Error('the stream ended early'))
    const timer = setTimeout(() => failed(new Error(`nothing came for ${stallMs} ms`)), stallMs)
    body.on('readable', look).on('end', ended).on('close', ended).on('error', failed)
    if (body.readableEnded || body.destroyed) ended()
    else look()
  })
