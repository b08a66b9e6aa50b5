import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import { Digest } from '@tributary/protocols'
import type { BlobRef, HeldBlob } from '../../ports/blobs.ts'
import { unlessMissing } from './file-errors.ts'
import type { Files, OpenFile } from './files.ts'
import type { SyncFolder } from './folder-sync.ts'
import { makeLastingFolder } from './lasting-folder.ts'
import { turnsByDigest } from './turns-by-digest.ts'

/**
 * Where blobs lie: `<folder>/ab/cdef…` by the hex digits of their digest, and while they come in
 * `<folder>/incoming/<random>`. A name of the first kind only ever appears whole and synced, by rename.
 */
export type BlobFolder = {
  pathOf(digest: Digest): string
  /** A new, empty file to write to. */
  receive(): Promise<IncomingFile>
  /** Whether the blob is there; if so it is durable when this resolves. One of another length is not the blob. */
  holds(blob: BlobRef): Promise<boolean>
  /**
   * Gives a file that is written, synced and closed its digest for a name, or removes it where the blob has come
   * in meanwhile. Resolves when the name is on the disk; where that fails the name is taken back, for a sync that
   * failed once may falsely succeed when it is tried again.
   */
  place(incoming: IncomingFile, blob: BlobRef): Promise<void>
  blobs(): AsyncIterable<HeldBlob>
}

export type IncomingFile = { path: string; file: OpenFile }

type Needs = { files: Files; syncFolder: SyncFolder; unfinishedAfterMs: number }

/** Makes the folder and removes what an earlier process had not finished taking in. */
export const openBlobFolder = async (
  path: string,
  { files, syncFolder, unfinishedAfterMs }: Needs,
): Promise<BlobFolder> => {
  const folder = resolve(path)
  const incoming = join(folder, 'incoming')
  const removeUnfinished = async (name: string) => {
    const there = unfinishedAfterMs === 0 ? undefined : await unlessMissing(files.stat(name))
    if (!there || there.mtimeMs < Date.now() - unfinishedAfterMs) await unlessMissing(files.unlink(name))
  }
  await makeLastingFolder(incoming, files, syncFolder)
  for (const name of await files.readdir(incoming)) await removeUnfinished(join(incoming, name))

  // Shards whose own names are on the disk: those found here are, for making `incoming` last has synced the folder.
  const shards = new Set(await files.readdir(folder))
  const makeShard = async (shard: string) => {
    if (shards.has(shard)) return
    await files.mkdir(join(folder, shard), { recursive: true, mode: 0o700 })
    await syncFolder(folder)
    shards.add(shard)
  }
  const pathOf = (digest: Digest) => join(folder, shardOf(digest), nameOf(digest))
  const holds = async ({ digest, bytes }: BlobRef) => {
    const there = await unlessMissing(files.stat(pathOf(digest)))
    if (there?.size !== bytes) return false
    await syncFolder(join(folder, shardOf(digest)))
    return true
  }
  const place = async ({ path }: IncomingFile, blob: BlobRef) => {
    if (await holds(blob)) return files.unlink(path)
    await makeShard(shardOf(blob.digest))
    await files.rename(path, pathOf(blob.digest))
    try {
      await syncFolder(join(folder, shardOf(blob.digest)))
    } catch (error) {
      await unlessMissing(files.unlink(pathOf(blob.digest)))
      throw error
    }
  }
  const inTurn = turnsByDigest()
  return {
    pathOf,
    // In turns: of several that bring or look for one blob, none must be promised a name that another takes back.
    holds: (blob) => inTurn(blob.digest, () => holds(blob)),
    async receive() {
      const path = join(incoming, randomUUID())
      return { path, file: await files.open(path, 'wx+', 0o600) }
    },
    place: (incoming, blob) => inTurn(blob.digest, () => place(incoming, blob)),
    async *blobs() {
      for (const shard of await files.readdir(folder)) {
        if (!/^[0-9a-f]{2}$/.test(shard)) continue
        for (const name of await files.readdir(join(folder, shard))) {
          const digest = Digest.safeParse(`sha256:${shard}${name}`)
          if (!digest.success) continue
          const file = await unlessMissing(files.stat(pathOf(digest.data)))
          if (file) yield { digest: digest.data, bytes: file.size, keptAt: file.mtimeMs }
        }
      }
    },
  }
}

const shardOf = (digest: Digest) => digest.slice(7, 9)
const nameOf = (digest: Digest) => digest.slice(9)
