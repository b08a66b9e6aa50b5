import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  UploadPartCommand,
} from '@aws-sdk/client-s3'
import type { Digest, Instant } from '@tributary/protocols'
import { base64Of, type S3Requests, unlessMissing } from './s3-requests.ts'

/** An object that comes in parts; nothing is under its key before it is completed. */
export type PartedUpload = {
  /** The next part: 5 MiB or more unless it is the last. Only one at a time. */
  add(part: Uint8Array, digest: Digest): Promise<void>
  /** The parts become an object. */
  complete(): Promise<void>
  abort(): Promise<void>
}

/** An upload that was begun and neither completed nor aborted. */
export type Unfinished = { startedAt: Instant; abort(): Promise<void> }

const DOING = 'taking a blob in'

/** Stores put the parts together when they are completed, and may take a while. */
const PUT_TOGETHER_BYTES = 50 * 1_024 * 1_024

export const beginParts = (
  requests: S3Requests,
  { key, sizeOf }: { key: string; sizeOf(key: string): Promise<number | undefined> },
): Promise<PartedUpload> => {
  const { client, address, asking, doneWithin } = requests
  const Bucket = address.bucket
  return asking(DOING, async () => {
    const begin = new CreateMultipartUploadCommand({
      Bucket,
      Key: key,
      ContentType: 'application/octet-stream',
      ChecksumAlgorithm: 'SHA256',
    })
    const { UploadId } = await client.send(begin, doneWithin())
    if (UploadId === undefined) throw new Error('the upload has no id')
    const Parts: { PartNumber: number; ETag: string; ChecksumSHA256?: string }[] = []
    let bytes = 0
    return {
      add: (part, digest) =>
        asking(DOING, async () => {
          const PartNumber = Parts.length + 1
          const command = new UploadPartCommand({
            Bucket,
            Key: key,
            UploadId,
            PartNumber,
            Body: part,
            ContentLength: part.length,
            ChecksumSHA256: base64Of(digest),
          })
          const { ETag, ChecksumSHA256 } = await client.send(command, doneWithin(part.length))
          if (ETag === undefined) throw new Error('the part has no tag')
          bytes += part.length
          // A store that does not say the checksum back does not know of it, and may not take it later.
          Parts.push({ PartNumber, ETag, ...(ChecksumSHA256 !== undefined && { ChecksumSHA256 }) })
        }),
      complete: () =>
        asking(DOING, async () => {
          const command = new CompleteMultipartUploadCommand({
            Bucket,
            Key: key,
            UploadId,
            MultipartUpload: { Parts },
          })
          try {
            await client.send(command, doneWithin(PUT_TOGETHER_BYTES))
          } catch (error) {
            // Where the answer to a first try was lost, the second finds no upload, and the object instead.
            if ((await sizeOf(key)) !== bytes) throw error
          }
        }),
      abort: () => abortParts(requests, key, UploadId),
    }
  })
}

/** What was begun under the prefix, by anybody, and neither completed nor aborted. */
export async function* unfinishedParts(requests: S3Requests, prefix: string): AsyncGenerator<Unfinished> {
  const { client, address, asking, doneWithin } = requests
  const after: { KeyMarker?: string; UploadIdMarker?: string } = {}
  for (;;) {
    const command = new ListMultipartUploadsCommand({ Bucket: address.bucket, Prefix: prefix, ...after })
    const page = await asking('listing uploads', () => client.send(command, doneWithin()))
    for (const { Key, UploadId, Initiated } of page.Uploads ?? [])
      if (Key?.startsWith(prefix) && UploadId !== undefined && Initiated !== undefined)
        yield { startedAt: Initiated.getTime(), abort: () => abortParts(requests, Key, UploadId) }
    if (!page.IsTruncated || page.NextKeyMarker === undefined) return
    after.KeyMarker = page.NextKeyMarker
    if (page.NextUploadIdMarker !== undefined) after.UploadIdMarker = page.NextUploadIdMarker
  }
}

const abortParts = (
  { client, address, asking, doneWithin }: S3Requests,
  Key: string,
  UploadId: string,
): Promise<void> =>
  asking('throwing a blob away', async () => {
    const command = new AbortMultipartUploadCommand({ Bucket: address.bucket, Key, UploadId })
    await unlessMissing(() => client.send(command, doneWithin()))
  })
