import { join } from 'node:path'
import type { Digest } from '@tributary/protocols'
import { StorageError, TooLargeError } from '../../faults/storage.ts'
import type { BlobRef, Blobs, StagedBlob } from '../../ports/blobs.ts'
import { checkedRange } from '../blob-range.ts'
import { nativeDigestOf } from '../native-digest.ts'
import { createUploadMemory, type Lease, type UploadMemory } from '../upload-memory.ts'
import { openFileBlobs } from './file-blobs.ts'
import { asFileError } from './file-errors.ts'
import { type Files, nodeFiles } from './files.ts'
import { folderSync } from './folder-sync.ts'
import { HEADER_BYTES, recordBytes } from './segment-format.ts'
import { isClosed, openSegmentLog, type Place, type SegmentLog } from './segment-log.ts'
import { turnsByDigest } from './turns-by-digest.ts'

export type SegmentBlobsOptions = {
  /** Made when it is not there. One process at a time: hold its lock (`lockFolder`), or that of a folder above. */
  folder: string
  files?: Files
  memory?: UploadMemory
  /** A segment that has reached this length gets no more records. */
  segmentBytes?: number
}

export type SegmentBlobs = Blobs & { close(): Promise<void> }

const MEBIBYTE = 1_024 * 1_024

/**
 * Blobs for many short-lived ones that come in together, as the updates of a round do. Each is held in memory while
 * it is checked and then written once, into a segment that many share; one sync serves all that were written before
 * it. A blob too large for that, or one that comes while the memory is taken, goes to a file of its own
 * (`openFileBlobs`). After a crash deleted blobs may be there again.
 */
export const openSegmentBlobs = ({
  folder,
  files = nodeFiles,
  memory = createUploadMemory({ mostBytes: 64 * MEBIBYTE, patienceMs: 5_000 }),
  segmentBytes = 64 * MEBIBYTE,
}: SegmentBlobsOptions): Promise<SegmentBlobs> =>
  asFileError(`opening the blob folder ${folder}`, async () => {
    const large = await openFileBlobs({ folder, files })
    const whole = new Set<Digest>()
    for await (const { digest } of large.list()) whole.add(digest)
    const log = await openSegmentLog({
      folder: join(folder, 'segments'),
      files,
      syncFolder: folderSync(files),
      segmentBytes,
    })
    const places = new Map<Digest, Place>()
    for (const place of log.found) {
      const twin = places.get(place.digest)
      places.set(place.digest, place)
      if (twin) await log.remove(twin)
    }
    return blobsIn({ log, places, large, whole, memory, segmentBytes })
  })

type Needs = {
  log: SegmentLog
  places: Map<Digest, Place>
  large: Blobs
  /** The digests that have a file of their own. */
  whole: Set<Digest>
  memory: UploadMemory
  segmentBytes: number
}

const blobsIn = ({ log, places, large, whole, memory, segmentBytes }: Needs): SegmentBlobs => {
  const inTurn = turnsByDigest()

  /** The blob is durable when this resolves, by `append` unless it was before. */
  const keepOnce = (ref: BlobRef, keep: () => Promise<Place | 'file'>): Promise<void> =>
    inTurn(ref.digest, () =>
      asFileError(`keeping ${ref.digest}`, async () => {
        if (places.has(ref.digest)) return
        const place = await keep()
        if (place === 'file') whole.add(ref.digest)
        else places.set(ref.digest, place)
      }),
    )

  const read = (digest: Digest): Promise<Uint8Array | undefined> =>
    asFileError(`reading ${digest}`, async () => {
      const place = places.get(digest)
      if (!place) return whole.has(digest) ? large.read(digest) : undefined
      const bytes = await log.read(place, 0, place.bytes).catch((error: unknown) => {
        if (isClosed(error) && !places.has(digest)) return undefined
        throw error
      })
      if (bytes && nativeDigestOf(bytes) !== digest)
        throw new StorageError(
          `${digest} is damaged: its record in ${place.segment.path} no longer has that digest`,
        )
      return bytes
    })

  const held = (lease: Lease, ref: BlobRef): StagedBlob => {
    const bytes = lease.buffer.subarray(HEADER_BYTES, HEADER_BYTES + ref.bytes)
    let keeping: Promise<void> | undefined
    let state: 'staged' | 'kept' | 'discarded' = 'staged'
    const record = lease.buffer.subarray(0, recordBytes(ref.bytes))
    const keep = () =>
      whole.has(ref.digest)
        ? large.put(bytes).then(() => 'file' as const)
        : log.append({ ...ref, parts: [record.fill(0, HEADER_BYTES + ref.bytes)] })
    return {
      ...ref,
      async read() {
        if (state === 'discarded') throw new Error('a blob that was discarded cannot be read')
        if (keeping === undefined) return bytes
        await keeping
        return (await read(ref.digest)) ?? fail(`${ref.digest} has been deleted`)
      },
      async keep() {
        if (state === 'discarded') throw new Error('a blob that was discarded cannot be kept')
        state = 'kept'
        keeping ??= keepOnce(ref, keep).finally(lease.release)
        await keeping
      },
      async discard() {
        if (state !== 'staged') return
        state = 'discarded'
        lease.release()
      },
    }
  }

  const spilled = (staged: StagedBlob): StagedBlob => {
    const { digest, bytes } = staged
    let discarded = false
    return {
      digest,
      bytes,
      read: staged.read,
      async keep() {
        if (discarded) throw new Error('a blob that was discarded cannot be kept')
        await keepOnce({ digest, bytes }, () => staged.keep().then(() => 'file' as const))
        await staged.discard()
      },
      async discard() {
        discarded = true
        await staged.discard()
      },
    }
  }

  return {
    async put(bytes) {
      const ref = { digest: nativeDigestOf(bytes), bytes: bytes.length }
      const rest = recordBytes(bytes.length) - HEADER_BYTES - bytes.length
      const parts = [new Uint8Array(HEADER_BYTES), bytes, new Uint8Array(rest)]
      await keepOnce(ref, () =>
        whole.has(ref.digest) || recordBytes(bytes.length) > segmentBytes
          ? large.put(bytes).then(() => 'file' as const)
          : log.append({ ...ref, parts }),
      )
      return ref
    },

    async stage(source, { maxBytes }) {
      const lease = await memory.lease(recordBytes(maxBytes))
      if (!lease) return spilled(await large.stage(source, { maxBytes }))
      try {
        const ref = await fill(lease, source, maxBytes)
        return held(lease, ref)
      } catch (error) {
        lease.release()
        throw error
      }
    },

    read,

    async open(digest) {
      const place = places.get(digest)
      if (!place) return whole.has(digest) ? large.open(digest) : undefined
      return {
        bytes: place.bytes,
        stream: (range) => pieces(log, place, checkedRange(place.bytes, range)),
      }
    },

    async *list() {
      const writtenAt = await asFileError('listing blobs', log.writtenAt)
      for (const { digest, bytes, segment } of [...places.values()]) {
        const keptAt = writtenAt.get(segment)
        if (keptAt !== undefined) yield { digest, bytes, keptAt }
      }
      for await (const held of large.list())
        if (whole.has(held.digest) && !places.has(held.digest)) yield held
    },

    delete: (digest) =>
      inTurn(digest, () =>
        asFileError(`deleting ${digest}`, async () => {
          await log.clear()
          const place = places.get(digest)
          places.delete(digest)
          if (place) await log.remove(place)
          if (whole.has(digest)) await large.delete(digest)
          whole.delete(digest)
        }),
      ),

    close: () => log.close(),
  }
}

/** Takes the stream in behind the room for its header. */
const fill = async (lease: Lease, source: AsyncIterable<Uint8Array>, maxBytes: number): Promise<BlobRef> => {
  let bytes = 0
  for await (const chunk of source) {
    if (bytes + chunk.length > maxBytes) throw new TooLargeError(maxBytes)
    lease.buffer.set(chunk, HEADER_BYTES + bytes)
    bytes += chunk.length
  }
  return { digest: nativeDigestOf(lease.buffer.subarray(HEADER_BYTES, HEADER_BYTES + bytes)), bytes }
}

const PIECE_BYTES = 256 * 1_024

async function* pieces(
  log: SegmentLog,
  place: Place,
  { start, length }: { start: number; length: number },
): AsyncGenerator<Uint8Array> {
  for (let at = start; at < start + length; ) {
    const wanted = Math.min(PIECE_BYTES, start + length - at)
    const piece = await asFileError(`reading ${place.digest}`, () => log.read(place, at, wanted))
    if (piece.length < wanted)
      throw new StorageError(`${place.digest} is damaged: ${place.segment.path} has become shorter`)
    yield piece
    at += wanted
  }
}

const fail = (why: string): never => {
  throw new StorageError(why)
}
