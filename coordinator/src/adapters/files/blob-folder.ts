import { randomUUID } from 'node:crypto'
import { join, resolve } from 'node:path'
import { Digest } from '@tributary/protocols'
import { unlessMissing } from './file-errors.ts'
import type { Files, OpenFile } from './files.ts'
import type { SyncFolder } from './folder-sync.ts'
import { makeLastingFolder } from './lasting-folder.ts'

/**
 * Where blobs lie: `<folder>/ab/cdef…` by the hex digits of their digest, and while they come in
 * `<folder>/incoming/<random>`. A name of the first kind only ever appears whole and synced, by rename.
 */
export type BlobFolder = {
  pathOf(digest: Digest): string
  /** A new, empty file to write to. */
  receive(): Promise<IncomingFile>
  /**
   * Gives a written, synced and closed file its digest for a name. Resolves when the name is on the disk; where that
   * fails the name is taken back, for a sync that failed once may falsely succeed when it is tried again.
   */
  place(incoming: IncomingFile, digest: Digest): Promise<void>
  /** Resolves when a name that is there already is on the disk too. */
  settle(digest: Digest): Promise<void>
  digests(): AsyncIterable<Digest>
}

export type IncomingFile = { path: string; file: OpenFile }

/** Makes the folder and removes what an earlier process had not finished taking in. */
export const openBlobFolder = async (
  path: string,
  files: Files,
  syncFolder: SyncFolder,
): Promise<BlobFolder> => {
  const folder = resolve(path)
  const incoming = join(folder, 'incoming')
  await makeLastingFolder(incoming, files, syncFolder)
  for (const name of await files.readdir(incoming)) await files.unlink(join(incoming, name))

  // Shards whose own names are on the disk: those found here are, for making `incoming` last has synced the folder.
  const shards = new Set(await files.readdir(folder))
  const makeShard = async (shard: string) => {
    if (shards.has(shard)) return
    await files.mkdir(join(folder, shard), { recursive: true, mode: 0o700 })
    await syncFolder(folder)
    shards.add(shard)
  }
  const pathOf = (digest: Digest) => join(folder, shardOf(digest), nameOf(digest))
  const settle = (digest: Digest) => syncFolder(join(folder, shardOf(digest)))
  return {
    pathOf,
    settle,
    async receive() {
      const path = join(incoming, randomUUID())
      return { path, file: await files.open(path, 'wx+', 0o600) }
    },
    async place({ path }, digest) {
      await makeShard(shardOf(digest))
      await files.rename(path, pathOf(digest))
      try {
        await settle(digest)
      } catch (error) {
        await unlessMissing(files.unlink(pathOf(digest)))
        throw error
      }
    },
    async *digests() {
      for (const shard of await files.readdir(folder)) {
        if (!/^[0-9a-f]{2}$/.test(shard)) continue
        for (const name of await files.readdir(join(folder, shard))) {
          const digest = Digest.safeParse(`sha256:${shard}${name}`)
          if (digest.success) yield digest.data
        }
      }
    },
  }
}

const shardOf = (digest: Digest) => digest.slice(7, 9)
const nameOf = (digest: Digest) => digest.slice(9)
