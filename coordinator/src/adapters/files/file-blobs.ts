import type { Digest } from '@tributary/protocols'
import { StorageError, TooLargeError } from '../../faults/storage.ts'
import type { BlobRef, Blobs, StagedBlob } from '../../ports/blobs.ts'
import { checkedRange } from '../blob-range.ts'
import { createNativeDigest, nativeDigestOf } from '../native-digest.ts'
import { type BlobFolder, type IncomingFile, openBlobFolder } from './blob-folder.ts'
import { asFileError, fileError, unlessMissing } from './file-errors.ts'
import { type Files, nodeFiles } from './files.ts'
import { folderSync } from './folder-sync.ts'
import { readAt, readWhole, writeAll } from './whole-file.ts'

export type FileBlobsOptions = {
  /** Made when it is not there. */
  folder: string
  /**
   * Files that were being taken in and have not been written to for so long are removed at the opening: a process that
   * is no more has left them. 0, unless the folder is shared: then hold its lock (`lockFolder`), or that of one above.
   */
  unfinishedAfterMs?: number
  /** The file system; Node's own unless a test says otherwise. */
  files?: Files
}

/**
 * Blobs as files named by their digest. A blob is written aside, synced, renamed and its folder synced, so at every
 * instant it is there whole or not at all, and once `put` or `keep` has resolved it outlives a power cut.
 * Every failure of the disk is a `StorageError`; `full` says when space ran out.
 */
export const openFileBlobs = ({
  folder,
  unfinishedAfterMs = 0,
  files = nodeFiles,
}: FileBlobsOptions): Promise<Blobs> =>
  asFileError(`opening the blob folder ${folder}`, async () =>
    blobsIn(await openBlobFolder(folder, { files, syncFolder: folderSync(files), unfinishedAfterMs }), files),
  )

const blobsIn = (folder: BlobFolder, files: Files): Blobs => ({
  put(bytes) {
    const ref = { digest: nativeDigestOf(bytes), bytes: bytes.length }
    return asFileError(`keeping ${ref.digest}`, async () => {
      if (await folder.holds(ref)) return ref
      const incoming = await folder.receive()
      try {
        await writeAll(incoming.file, bytes)
        await place(incoming, ref, folder)
      } catch (error) {
        await drop(incoming, files)
        throw error
      }
      return ref
    })
  },

  async stage(source, { maxBytes }) {
    const doing = 'taking a blob in'
    const incoming = await asFileError(doing, folder.receive)
    const digest = createNativeDigest()
    let bytes = 0
    try {
      for await (const chunk of source) {
        bytes += chunk.length
        if (bytes > maxBytes) throw new TooLargeError(maxBytes)
        digest.update(chunk)
        await asFileError(doing, () => writeAll(incoming.file, chunk))
      }
    } catch (error) {
      await drop(incoming, files)
      throw error
    }
    return stagedBlob(incoming, { digest: digest.digest(), bytes }, folder, files)
  },

  read: (digest) =>
    asFileError(`reading ${digest}`, async () => {
      const bytes = await unlessMissing(readWhole(files, folder.pathOf(digest)))
      if (bytes && nativeDigestOf(bytes) !== digest)
        throw new StorageError(
          `${digest} is damaged: its file no longer has that digest; delete it or restore it from a backup`,
        )
      return bytes
    }),

  open: (digest) =>
    asFileError(`opening ${digest}`, async () => {
      const file = await unlessMissing(files.stat(folder.pathOf(digest)))
      if (!file) return undefined
      return {
        bytes: file.size,
        stream: (range) => pieces(folder.pathOf(digest), checkedRange(file.size, range), digest, files),
      }
    }),

  async *list() {
    try {
      yield* folder.blobs()
    } catch (cause) {
      throw fileError(cause, 'listing blobs')
    }
  },

  // Not synced: a file that comes back after a power cut is one that nothing refers to.
  delete: (digest) =>
    asFileError(`deleting ${digest}`, () => unlessMissing(files.unlink(folder.pathOf(digest)))),
})

const stagedBlob = (incoming: IncomingFile, ref: BlobRef, folder: BlobFolder, files: Files): StagedBlob => {
  let keeping: Promise<void> | undefined
  let discarding: Promise<void> | undefined

  const keep = async () => {
    try {
      if (await folder.holds(ref)) await drop(incoming, files)
      else await place(incoming, ref, folder)
    } catch (error) {
      await drop(incoming, files)
      throw error
    }
  }
  return {
    ...ref,
    read: () =>
      asFileError(`reading ${ref.digest}`, async () => {
        if (keeping === undefined) return readAt(incoming.file, 0, ref.bytes)
        await keeping
        return readWhole(files, folder.pathOf(ref.digest))
      }),
    async keep() {
      if (discarding !== undefined) throw new Error('a blob that was discarded cannot be kept')
      keeping ??= asFileError(`keeping ${ref.digest}`, keep)
      await keeping
    },
    async discard() {
      if (keeping !== undefined) return
      discarding ??= drop(incoming, files)
      await discarding
    },
  }
}

const place = async (incoming: IncomingFile, ref: BlobRef, folder: BlobFolder) => {
  await incoming.file.sync()
  await incoming.file.close()
  await folder.place(incoming, ref)
}

/** Whatever this cannot remove, the next start does; the failure that led here matters more. */
const drop = async ({ file, path }: IncomingFile, files: Files): Promise<void> => {
  await file.close().catch(() => {})
  await files.unlink(path).catch(() => {})
}

const PIECE_BYTES = 256 * 1_024

async function* pieces(
  path: string,
  { start, length }: { start: number; length: number },
  digest: Digest,
  files: Files,
): AsyncGenerator<Uint8Array> {
  const doing = `reading ${digest}`
  const file = await asFileError(doing, () => files.open(path, 'r'))
  try {
    for (let at = start; at < start + length; ) {
      const wanted = Math.min(PIECE_BYTES, start + length - at)
      const piece = await asFileError(doing, () => readAt(file, at, wanted))
      if (piece.length < wanted) throw new StorageError(`${digest} is damaged: its file has become shorter`)
      yield piece
      at += wanted
    }
  } finally {
    await file.close()
  }
}
