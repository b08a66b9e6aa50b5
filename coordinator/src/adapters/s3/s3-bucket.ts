import { Readable } from 'node:stream'
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Digest, Instant } from '@tributary/protocols'
import { StorageError } from '../../faults/storage.ts'
import { type BucketAddress, failureStatus, failureWord, s3Error } from './s3-errors.ts'

/** One bucket's objects by key. Everything that fails is a `StorageError`. */
export type S3Bucket = {
  /** The object's length, or `undefined` where there is none. */
  size(key: string): Promise<number | undefined>
  /** The object from byte `range.start` to `range.end` (inclusive), or whole; `undefined` where there is none. */
  get(key: string, range?: { start: number; end: number }): Promise<Answer | undefined>
  /** Puts it there unless there is an object under this key. */
  put(key: string, bytes: Uint8Array, digest: Digest): Promise<void>
  /** Begins an object that comes in parts; nothing is there before it is completed. */
  begin(key: string): Promise<PartedUpload>
  /** Copies an object of at most `MOST_COPIED_BYTES`. */
  copy(from: string, to: string, digest: Digest): Promise<void>
  /** Removes it; harmless where there is none. */
  remove(key: string): Promise<void>
  /** The objects whose key is the prefix and a name without a slash. */
  list(prefix: string): AsyncIterable<Listed>
  /** Uploads under the prefix that were begun and neither completed nor aborted. */
  unfinished(prefix: string): AsyncIterable<{ startedAt: Instant; abort(): Promise<void> }>
}

/** `bytes` is the length of the whole object. */
export type Answer = { bytes: number; body: Readable }

export type Listed = { key: string; bytes: number; keptAt: Instant }

export type PartedUpload = {
  /** The next part: 5 MiB or more unless it is the last. Only one at a time. */
  add(part: Uint8Array, digest: Digest): Promise<void>
  /** The parts become an object of this length. */
  complete(bytes: number): Promise<void>
  abort(): Promise<void>
}

/** What S3 copies in one step. */
export const MOST_COPIED_BYTES = 5 * 1_024 ** 3

/** How long an answer may take: so long, and longer for what is sent, by the slowest rate that counts as progress. */
const SLOWEST_BYTES_PER_MS = 50

/** How often it is tried again where others put the same object at the same time. */
const CONFLICT_TRIES = 3

export type S3BucketNeeds = { client: S3Client; address: BucketAddress; answerMs: number }

export const s3Bucket = ({ client, address, answerMs }: S3BucketNeeds): S3Bucket => {
  const Bucket = address.bucket
  /** Whether `If-None-Match` is understood by this store, as far as is known. */
  let conditional = true

  const asking = async <T>(doing: string, ask: () => Promise<T>): Promise<T> => {
    try {
      return await ask()
    } catch (cause) {
      throw s3Error(cause, doing, address)
    }
  }
  const patience = (bytes = 0) => ({ requestTimeout: answerMs + Math.ceil(bytes / SLOWEST_BYTES_PER_MS) })

  const size = (key: string) =>
    asking(`looking for ${key}`, () =>
      unlessMissing(async () => {
        const { ContentLength } = await client.send(new HeadObjectCommand({ Bucket, Key: key }), patience())
        return lengthOf(ContentLength, key)
      }),
    )

  const putOnce = async (key: string, bytes: Uint8Array, digest: Digest): Promise<'there' | 'conflict'> => {
    const asksFirst = conditional
    const command = new PutObjectCommand({
      Bucket,
      Key: key,
      Body: bytes,
      ContentLength: bytes.length,
      ContentType: 'application/octet-stream',
      ChecksumSHA256: base64Of(digest),
      ...(asksFirst && { IfNoneMatch: '*' }),
    })
    try {
      await client.send(command, patience(bytes.length))
    } catch (error) {
      const status = failureStatus(error)
      if (status === 501 && asksFirst) {
        conditional = false
        return 'conflict'
      }
      if (status === 409 && failureWord(error) === 'ConditionalRequestConflict') return 'conflict'
      if (status !== 412) throw error
    }
    return 'there'
  }

  return {
    size,

    get: (key, range) =>
      asking(`reading ${key}`, () =>
        unlessMissing(async () => {
          const Range = range && `bytes=${range.start}-${range.end}`
          const answer = await client.send(new GetObjectCommand({ Bucket, Key: key, Range }), patience())
          if (!(answer.Body instanceof Readable)) throw new Error('the SDK gives no stream')
          const body = answer.Body
          // From here on whoever reads says how long nothing may come; what is destroyed early may still fail.
          body.on('error', () => {})
          const bytes = range ? wholeLength(answer.ContentRange, range) : answer.ContentLength
          if (bytes === undefined) {
            body.destroy()
            throw new StorageError(
              `reading ${key}: ${address.endpoint} answered with other bytes than were asked for`,
            )
          }
          return { bytes, body }
        }),
      ),

    put: (key, bytes, digest) =>
      asking(`keeping ${key}`, async () => {
        for (let tries = 0; ; tries++) {
          // Without conditional puts two may both find nothing; what they put is the same.
          if (!conditional && (await size(key)) === bytes.length) return
          if ((await putOnce(key, bytes, digest)) === 'there') return
          if (tries === CONFLICT_TRIES)
            throw new StorageError(`keeping ${key}: others keep it at the same time; try again`)
        }
      }),

    begin: (key) =>
      asking('taking a blob in', async () => {
        const { UploadId } = await client.send(
          new CreateMultipartUploadCommand({
            Bucket,
            Key: key,
            ContentType: 'application/octet-stream',
            ChecksumAlgorithm: 'SHA256',
          }),
          patience(),
        )
        if (UploadId === undefined) throw new Error('the upload has no id')
        return parted(key, UploadId)
      }),

    copy: (from, to, digest) =>
      asking(`keeping ${to}`, async () => {
        const CopySource = `${Bucket}/${from}`.split('/').map(encodeURIComponent).join('/')
        const { CopyObjectResult } = await client.send(
          new CopyObjectCommand({ Bucket, Key: to, CopySource, ChecksumAlgorithm: 'SHA256' }),
          patience(MOST_COPIED_BYTES / 100),
        )
        const copied = CopyObjectResult?.ChecksumSHA256
        if (copied === undefined || copied === base64Of(digest)) return
        await client.send(new DeleteObjectCommand({ Bucket, Key: to }), patience())
        throw new StorageError(`keeping ${to}: ${address.endpoint} changed its bytes while copying them`)
      }),

    remove: (key) =>
      asking(`deleting ${key}`, async () => {
        await unlessMissing(() => client.send(new DeleteObjectCommand({ Bucket, Key: key }), patience()))
      }),

    async *list(prefix) {
      let after: string | undefined
      do {
        const page = await asking('listing blobs', () =>
          client.send(
            new ListObjectsV2Command({ Bucket, Prefix: prefix, Delimiter: '/', ContinuationToken: after }),
            patience(),
          ),
        )
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

    async *unfinished(prefix) {
      const at: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } = {}
      for (;;) {
        const page = await asking('listing uploads', () =>
          client.send(new ListMultipartUploadsCommand({ Bucket, Prefix: prefix, ...at }), patience()),
        )
        for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
          if (Key !== undefined && UploadId !== undefined && Initiated !== undefined)
            yield { startedAt: Initiated.getTime(), abort: parted(Key, UploadId).abort }
        if (!page.IsTruncated || page.NextKeyMarker === undefined) return
        at.KeyMarker = page.NextKeyMarker
        at.UploadIdMarker = page.NextUploadIdMarker
      }
    },
  }

  function parted(key: string, UploadId: string): PartedUpload {
    const Parts: { PartNumber: number; ETag: string; ChecksumSHA256?: string }[] = []
    return {
      add: (part, digest) =>
        asking('taking a blob in', async () => {
          const PartNumber = Parts.length + 1
          const ChecksumSHA256 = base64Of(digest)
          const { ETag, ...answer } = await client.send(
            new UploadPartCommand({ Bucket, Key: key, UploadId, PartNumber, Body: part, ChecksumSHA256 }),
            patience(part.length),
          )
          if (ETag === undefined) throw new Error('the part has no tag')
          // A store that does not say it back does not know of it, and may not accept it later.
          Parts.push({ PartNumber, ETag, ...(answer.ChecksumSHA256 !== undefined && { ChecksumSHA256 }) })
        }),
      complete: (bytes) =>
        asking('taking a blob in', async () => {
          try {
            await client.send(
              new CompleteMultipartUploadCommand({ Bucket, Key: key, UploadId, MultipartUpload: { Parts } }),
              patience(MOST_COPIED_BYTES / 100),
            )
          } catch (error) {
            // Where the answer to a first try was lost, the second finds no upload, and the object instead.
            if ((await size(key)) !== bytes) throw error
          }
        }),
      abort: () =>
        asking('throwing a blob away', async () => {
          await unlessMissing(() =>
            client.send(new AbortMultipartUploadCommand({ Bucket, Key: key, UploadId }), patience()),
          )
        }),
    }
  }
}

/** Answers `undefined` where there is no such object; a bucket that is not there is a failure. */
const unlessMissing = async <T>(ask: () => Promise<T>): Promise<T | undefined> => {
  try {
    return await ask()
  } catch (error) {
    if (['NoSuchKey', 'NotFound', 'NoSuchUpload'].includes(failureWord(error))) return undefined
    throw error
  }
}

const lengthOf = (length: number | undefined, key: string): number => {
  if (length === undefined) throw new StorageError(`the length of ${key} is not told`)
  return length
}

/** The length of all of which `range` was answered: `bytes 5-9/20`. `undefined` where something else was. */
const wholeLength = (
  answered: string | undefined,
  range: { start: number; end: number },
): number | undefined => {
  const [, start, end, bytes] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(answered ?? '') ?? []
  return Number(start) === range.start && Number(end) === range.end ? Number(bytes) : undefined
}

const base64Of = (digest: Digest): string =>
  Buffer.from(digest.slice('sha256:'.length), 'hex').toString('base64')
