import { opendir, stat, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { DiskRoom } from '../../ports/host.ts'
import { unlessMissing } from './file-errors.ts'

/** Of the files among these that are there, together. */
export const fileBytes = async (paths: readonly string[]): Promise<number> => {
  const found = await Promise.all(paths.map((path) => unlessMissing(stat(path))))
  return found.reduce((sum, file) => sum + (file?.size ?? 0), 0)
}

/**
 * Of everything in a folder and the folders in it. Null where it holds more than `most` entries: it is not looked at further. A folder that is
 * not there holds nothing, and so does a file that goes meanwhile.
 */
export const folderBytes = async (folder: string, { most }: { most: number }): Promise<number | null> => {
  let bytes = 0
  let seen = 0
  const folders = [folder]
  for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
    const listing = await unlessMissing(opendir(next))
    if (!listing) continue
    for await (const entry of listing) {
      if (++seen > most) return null
      const path = join(next, entry.name)
      if (entry.isDirectory()) folders.push(path)
      else if (entry.isFile()) bytes += (await unlessMissing(stat(path)))?.size ?? 0
    }
  }
  return bytes
}

/** Room on the disk that a folder is on. */
export const diskRoom = async (folder: string): Promise<DiskRoom> => {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize }
}
