import { Readable } from 'node:stream'
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import type { Digest, Instant } from '@tributary/protocols'
import { StorageError } from '../../faults/storage.ts'
import { failureStatus } from './s3-errors.ts'
import { beginParts, type PartedUpload, type Unfinished, unfinishedParts } from './s3-parts.ts'
import { base64Of, type S3Requests, unlessMissing } from './s3-requests.ts'

/** One bucket's objects by key. Everything that fails is a `StorageError`. */
export type S3Bucket = {
  /** The object's length, or `undefined` where there is none. */
  size(key: string): Promise<number | undefined>
  /** The object from byte `range.start` to `range.end` (inclusive), or whole; `undefined` where there is none. */
  get(key: string, range?: { start: number; end: number }): Promise<Answer | undefined>
  /** Puts it there unless an object of this length is. */
  put(key: string, bytes: Uint8Array, digest: Digest): Promise<void>
  begin(key: string): Promise<PartedUpload>
  /** Copies an object of at most `MOST_COPIED_BYTES`. */
  copy(from: string, to: string, blob: { digest: Digest; bytes: number }): Promise<void>
  /** Removes it; harmless where there is none. */
  remove(key: string): Promise<void>
  /** The objects whose key is the prefix and a name without a slash. */
  list(prefix: string): AsyncIterable<Listed>
  unfinished(prefix: string): AsyncIterable<Unfinished>
}

/** `bytes` is the length of the whole object. */
export type Answer = { bytes: number; body: Readable }

export type Listed = { key: string; bytes: number; keptAt: Instant }

/** What S3 copies, or puts, in one step. */
export const MOST_COPIED_BYTES = 5 * 1_024 ** 3

export const s3Bucket = (requests: S3Requests): S3Bucket => {
  const { client, address, asking, answerWithin, doneWithin } = requests
  const Bucket = address.bucket
  /** Whether this store understands `If-None-Match`, as far as is known. */
  let conditional = true

  const size = (key: string) =>
    asking(`looking for ${key}`, () =>
      unlessMissing(async () => {
        const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key: key }), doneWithin())
        if (ContentLength === undefined) throw new Error('the length is not told')
        return ContentLength
      }),
    )

  type New = { key: string; bytes: Uint8Array; digest: Digest; unlessThere: boolean }

  const putOnce = async ({ key, bytes, digest, unlessThere }: New): Promise<'put' | 'look first'> => {
    const command = new PutObjectCommand({
      Bucket,
      Key: key,
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: 'application/octet-stream',
      ChecksumSHA256: base64Of(digest),
      ...(unlessThere && { IfNoneMatch: '*' }),
    })
    try {
      await client.send(command, doneWithin(bytes.length))
      return 'put'
    } catch (error) {
      const status = failureStatus(error)
      if (!unlessThere || status === undefined || !LOOK_FIRST.has(status)) throw error
      if (status === 501) conditional = false
      return 'look first'
    }
  }

  return {
    size,

    get: (key, range) =>
      asking(`reading ${key}`, () =>
        unlessMissing(async () => {
          const Range = range && `bytes=${range.start}-${range.end}`
          const answer = await client.send(new GetObjectCommand({ Bucket, Key: key, Range }), answerWithin())
          if (!(answer.Body instanceof Readable)) throw new Error('the SDK gives no stream')
          const body = answer.Body
          // It may fail when nobody reads it any more.
          body.on('error', () => {})
          const bytes = range ? wholeLength(answer.ContentRange, range) : answer.ContentLength
          if (bytes !== undefined) return { bytes, body }
          body.destroy()
          throw new StorageError(
            `reading ${key}: ${address.endpoint} answered with other bytes than were asked for`,
          )
        }),
      ),

    put: (key, bytes, digest) =>
      asking(`keeping ${key}`, async () => {
        // Where two look and find nothing, both put it: the same bytes.
        for (let unlessThere = conditional; ; unlessThere = false) {
          if (!unlessThere && (await size(key)) === bytes.length) return
          if ((await putOnce({ key, bytes, digest, unlessThere })) === 'put') return
        }
      }),

    begin: (key) => beginParts(requests, { key, sizeOf: size }),

    copy: (from, to, { digest, bytes }) =>
      asking(`keeping ${to}`, async () => {
        const CopySource = `${Bucket}/${from}`.split('/').map(encodeURIComponent).join('/')
        const command = new CopyObjectCommand({ Bucket, Key: to, CopySource, ChecksumAlgorithm: 'SHA256' })
        const { CopyObjectResult } = await client.send(command, doneWithin(bytes))
        const copied = CopyObjectResult?.ChecksumSHA256
        // One with a dash is that of the parts.
        if (copied === undefined || copied.includes('-') || copied === base64Of(digest)) return
        await client.send(new DeleteObjectCommand({ Bucket, Key: to }), doneWithin())
        throw new StorageError(`keeping ${to}: ${address.endpoint} changed its bytes while copying them`)
      }),

    remove: (key) =>
      asking(`deleting ${key}`, async () => {
        await unlessMissing(() => client.send(new DeleteObjectCommand({ Bucket, Key: key }), doneWithin()))
      }),

    async *list(prefix) {
      let after: string | undefined
      do {
        const command = new ListObjectsV2Command({
          Bucket,
          Prefix: prefix,
          Delimiter: '/',
          ContinuationToken: after,
        })
        const page = await asking('listing blobs', () => client.send(command, doneWithin()))
        for (const { Key, Size, LastModified } of page.Contents ?? []) {
          if (Key === undefined || Size === undefined || LastModified === undefined)
            throw new StorageError(`listing blobs: ${address.endpoint} leaves out the length or time of some`)
          yield { key: Key, bytes: Size, keptAt: LastModified.getTime() }
        }
        if (page.IsTruncated && page.NextContinuationToken === undefined)
          throw new StorageError(
            `listing blobs: ${address.endpoint} cut the list short and does not say where`,
          )
        after = page.IsTruncated ? page.NextContinuationToken : undefined
      } while (after !== undefined)
    },

    unfinished: (prefix) => unfinishedParts(requests, prefix),
  }
}

/** It is there (412), others are putting it (409), or this store does not know the question (501). */
const LOOK_FIRST: ReadonlySet<number> = new Set([409, 412, 501])

/** The length of all of which `range` was answered: `bytes 5-9/20`. `undefined` where something else was. */
const wholeLength = (
  answered: string | undefined,
  range: { start: number; end: number },
): number | undefined => {
  const [, start, end, bytes] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answered ?? '') ?? []
  return Number(start) === range.start && Number(end) === range.end ? Number(bytes) : undefined
}
