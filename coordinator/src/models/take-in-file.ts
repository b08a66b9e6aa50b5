import type { Digest } from '@tributary/protocols'
import { TooLargeError } from '../faults/storage.ts'
import type { BlobRef, Blobs, StagedBlob } from '../ports/blobs.ts'
import { type Refusal, refuse } from '../refusal.ts'

/** Streams a file to storage, digesting on the way, and makes it durable where it is the one that was named. */
export const takeInFile = async (
  blobs: Pick<Blobs, 'stage'>,
  {
    digest,
    announcedBytes,
    body,
    maxBytes,
  }: {
    digest: Digest
    announcedBytes: number | undefined
    body: AsyncIterable<Uint8Array>
    maxBytes: number
  },
): Promise<BlobRef | Refusal> => {
  const tooLarge = () =>
    refuse('too-large', `a file of at most ${maxBytes} bytes is taken`, { about: { maxBytes } })
  if (announcedBytes !== undefined && announcedBytes > maxBytes) return tooLarge()
  let staged: StagedBlob
  try {
    staged = await blobs.stage(body, { maxBytes })
  } catch (error) {
    if (!(error instanceof TooLargeError)) throw error
    return tooLarge()
  }
  try {
    if (staged.digest !== digest)
      return refuse(
        'wrong-digest',
        `the ${staged.bytes} bytes that came have the digest ${staged.digest}: send them again, or under that one`,
        { about: { received: staged.digest, named: digest } },
      )
    await staged.keep()
    return { digest, bytes: staged.bytes }
  } finally {
    await staged.discard()
  }
}
