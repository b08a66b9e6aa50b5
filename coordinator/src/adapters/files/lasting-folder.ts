import { dirname, resolve } from 'node:path'
import { errorCode, unlessMissing } from './file-errors.ts'
import type { Files } from './files.ts'
import type { SyncFolder } from './folder-sync.ts'

/**
 * Makes a folder, and those above it, readable by this user alone and so that they outlive a power cut. Each is made
 * when the name of the one above is on the disk; so of folders that an earlier process made, only the lowest
 * may not be there yet, and it is synced again.
 */
export const makeLastingFolder = async (
  path: string,
  files: Files,
  syncFolder: SyncFolder,
): Promise<void> => {
  const folder = resolve(path)
  const above = dirname(folder)
  if (await unlessMissing(files.stat(folder))) {
    await syncFolder(above).catch((error: unknown) => {
      // Where the folder above may not even be read, somebody else made this one.
      if (errorCode(error) !== 'EACCES') throw error
    })
    return
  }
  await makeLastingFolder(above, files, syncFolder)
  // Not recursive: where a file system lets nobody make a folder (/proc), Node would try again for ever.
  await files.mkdir(folder, { recursive: false, mode: 0o700 }).catch((error: unknown) => {
    // Of several processes that start at once, one comes first.
    if (errorCode(error) !== 'EEXIST') throw error
  })
  await syncFolder(above)
}
