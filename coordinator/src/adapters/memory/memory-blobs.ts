import type { Digest, Instant } from '@tributary/protocols'
import { type Clock, systemClock } from '@tributary/protocols/runtime'
import { TooLargeError } from '../../faults/storage.ts'
import type { BlobRef, Blobs, StagedBlob } from '../../ports/blobs.ts'
import { checkedRange } from '../blob-range.ts'
import { nativeDigestOf } from '../native-digest.ts'

/**
 * Blobs in memory, for tests and simulations; they end with the process. Nothing touches the disk or waits for a
 * timer, so under a virtual clock a run is repeatable. Its counterpart for tables is `openSqliteStore` on `:memory:`.
 */
export const memoryBlobs = ({ clock = systemClock() }: { clock?: Pick<Clock, 'now'> } = {}): Blobs => {
  const blobs = new Map<Digest, Held>()
  const hold = (digest: Digest, bytes: () => Uint8Array) => {
    if (!blobs.has(digest)) blobs.set(digest, { bytes: bytes(), keptAt: clock.now() })
  }
  return {
    async put(bytes) {
      const digest = nativeDigestOf(bytes)
      hold(digest, () => copyOf(bytes))
      return { digest, bytes: bytes.length }
    },
    async stage(source, { maxBytes }) {
      const bytes = await gather(source, maxBytes)
      return stagedBlob(bytes, hold)
    },
    async read(digest) {
      const held = blobs.get(digest)
      return held && copyOf(held.bytes)
    },
    async open(digest) {
      const bytes = blobs.get(digest)?.bytes
      if (!bytes) return undefined
      return {
        bytes: bytes.length,
        stream(range) {
          const { start, length } = checkedRange(bytes.length, range)
          return pieces(bytes.subarray(start, start + length))
        },
      }
    },
    async *list() {
      for (const [digest, { bytes, keptAt }] of [...blobs]) yield { digest, bytes: bytes.length, keptAt }
    },
    async delete(digest) {
      blobs.delete(digest)
    },
  }
}

type Held = { bytes: Uint8Array; keptAt: Instant }

const stagedBlob = (
  bytes: Uint8Array,
  hold: (digest: Digest, bytes: () => Uint8Array) => void,
): StagedBlob => {
  const ref: BlobRef = { digest: nativeDigestOf(bytes), bytes: bytes.length }
  let state: 'staged' | 'kept' | 'discarded' = 'staged'
  return {
    ...ref,
    async read() {
      if (state === 'discarded') throw new Error('a blob that was discarded cannot be read')
      return copyOf(bytes)
    },
    async keep() {
      if (state === 'discarded') throw new Error('a blob that was discarded cannot be kept')
      state = 'kept'
      hold(ref.digest, () => bytes)
    },
    async discard() {
      if (state === 'staged') state = 'discarded'
    },
  }
}

const gather = async (source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> => {
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of source) {
    bytes += chunk.length
    if (bytes > maxBytes) throw new TooLargeError(maxBytes)
    chunks.push(copyOf(chunk))
  }
  const [first] = chunks
  if (first && chunks.length === 1) return first
  const whole = new Uint8Array(bytes)
  let at = 0
  for (const chunk of chunks) {
    whole.set(chunk, at)
    at += chunk.length
  }
  return whole
}

/** A `Buffer`'s own `slice` would share its memory. */
const copyOf = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes)

const PIECE_BYTES = 256 * 1_024

async function* pieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES) yield bytes.slice(at, at + PIECE_BYTES)
}
