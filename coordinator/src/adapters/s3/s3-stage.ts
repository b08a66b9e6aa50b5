import { randomUUID } from 'node:crypto'
import type { Clock } from '@tributary/protocols/runtime'
import { StorageError, TooLargeError } from '../../faults/storage.ts'
import type { BlobRef, StagedBlob } from '../../ports/blobs.ts'
import { createNativeDigest, nativeDigestOf } from '../native-digest.ts'
import type { Lease, UploadMemory } from '../upload-memory.ts'
import { MOST_COPIED_BYTES, type S3Bucket } from './s3-bucket.ts'
import type { PartedUpload } from './s3-parts.ts'

export type StageNeeds = {
  bucket: S3Bucket
  memory: UploadMemory
  /** Keys of what is staged begin with it. */
  staging: string
  /** So much is held in memory and goes to the bucket as one part. */
  partBytes: number
  /** What is no longer than this stays in memory until it is kept. At most `partBytes`. */
  holdBytes: number
  /** Makes bytes in memory a blob. */
  put(ref: BlobRef, bytes: Uint8Array): Promise<void>
  /** Makes a staged object a blob. */
  place(ref: BlobRef, staged: string): Promise<void>
  read(ref: BlobRef, key: string): Promise<Uint8Array>
  keyOf(ref: BlobRef): string
}

/**
 * Takes a stream in through one buffer. What fits waits there until it is kept; anything longer goes part by part to an
 * object of its own under the staging prefix, which is copied to its digest when it is kept.
 */
export const stageBlob = async (
  needs: StageNeeds,
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
): Promise<StagedBlob> => {
  const { bucket, memory, partBytes, holdBytes } = needs
  const lease = await memory.lease(Math.min(maxBytes, partBytes))
  if (!lease)
    throw new StorageError('taking a blob in: too many others are held in memory; try again later', {
      full: true,
    })
  const buffer = lease.buffer.subarray(0, partBytes)
  const key = `${needs.staging}${randomUUID()}`
  const digest = createNativeDigest()
  let upload: PartedUpload | undefined
  let bytes = 0
  let filled = 0

  const flush = async () => {
    const part = buffer.subarray(0, filled)
    upload ??= await bucket.begin(key)
    await upload.add(part, nativeDigestOf(part))
    filled = 0
  }
  try {
    for await (const chunk of source) {
      bytes += chunk.length
      if (bytes > maxBytes) throw new TooLargeError(maxBytes)
      if (bytes > MOST_COPIED_BYTES)
        throw new StorageError(`taking a blob in: the store keeps at most ${MOST_COPIED_BYTES} bytes as one`)
      digest.update(chunk)
      for (let taken = 0; taken < chunk.length; ) {
        if (filled === buffer.length) await flush()
        const more = chunk.subarray(taken, taken + buffer.length - filled)
        buffer.set(more, filled)
        filled += more.length
        taken += more.length
      }
    }
    const ref = { digest: digest.digest(), bytes }
    if (!upload && bytes <= holdBytes) return heldBlob(needs, lease, ref)
    if (filled > 0) await flush()
    await upload?.complete()
    lease.release()
    return objectBlob(needs, key, ref)
  } catch (error) {
    lease.release()
    // What this cannot remove is swept when it is old; the failure that led here matters more.
    await upload?.abort().catch(() => {})
    throw error
  }
}

/** Removes what others began to stage and did not live to keep or discard, once it is so old. */
export const sweepStaging = async (
  { bucket, staging }: Pick<StageNeeds, 'bucket' | 'staging'>,
  clock: Pick<Clock, 'now'>,
  staleMs: number,
): Promise<void> => {
  const before = clock.now() - staleMs
  for await (const { key, keptAt } of bucket.list(staging)) if (keptAt <= before) await bucket.remove(key)
  try {
    for await (const { startedAt, abort } of bucket.unfinished(staging))
      if (startedAt <= before) await abort()
  } catch (error) {
    // Not every store lists them, and not every role may: a lifecycle rule of the bucket does the same.
    if (!(error instanceof StorageError)) throw error
  }
}

const heldBlob = (needs: StageNeeds, lease: Lease, ref: BlobRef): StagedBlob => {
  const bytes = lease.buffer.subarray(0, ref.bytes)
  return stagedBlob(ref, {
    read: async () => bytes,
    readKept: () => needs.read(ref, needs.keyOf(ref)),
    keep: () => needs.put(ref, bytes).finally(lease.release),
    discard: async () => lease.release(),
  })
}

const objectBlob = (needs: StageNeeds, key: string, ref: BlobRef): StagedBlob => {
  const discard = () => needs.bucket.remove(key).catch(() => {}) // swept when it is old
  return stagedBlob(ref, {
    read: () => needs.read(ref, key),
    readKept: () => needs.read(ref, needs.keyOf(ref)),
    keep: () => needs.place(ref, key).finally(discard),
    discard,
  })
}

type Acts = {
  read(): Promise<Uint8Array>
  readKept(): Promise<Uint8Array>
  keep(): Promise<void>
  discard(): Promise<void>
}

/** Staged, then kept or discarded, once. */
const stagedBlob = (ref: BlobRef, { read, readKept, keep, discard }: Acts): StagedBlob => {
  let keeping: Promise<void> | undefined
  let discarding: Promise<void> | undefined
  return {
    ...ref,
    async read() {
      if (discarding !== undefined) throw new Error('a blob that was discarded cannot be read')
      if (keeping === undefined) return read()
      await keeping
      return readKept()
    },
    async keep() {
      if (discarding !== undefined) throw new Error('a blob that was discarded cannot be kept')
      keeping ??= keep()
      await keeping
    },
    async discard() {
      if (keeping !== undefined) return
      discarding ??= discard()
      await discarding
    },
  }
}
