/** Files that are written beside, synced and renamed into place, so that no half of one is ever seen. */
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import { isCode } from './file-error.ts'

/** Durable when it resolves. The folder is made where there is none, and is its owner's alone. */
export const replaceFile = async (path: string, content: string | Uint8Array): Promise<void> => {
  const folder = dirname(path)
  const beside = `${path}.${crypto.randomUUID()}.new`
  await mkdir(folder, { recursive: true, mode: 0o700 })
  try {
    await writeDurably(beside, content)
    await rename(beside, path)
  } catch (error) {
    await rm(beside, { force: true })
    throw error
  }
  await syncFolder(folder)
}

/** Gone for good when it resolves; harmless where there is none. */
export const removeFile = async (path: string): Promise<void> => {
  await rm(path, { force: true })
  try {
    await syncFolder(dirname(path))
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error
  }
}

const writeDurably = async (path: string, content: string | Uint8Array) => {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** Where a folder can be synced at all: on Windows it cannot be opened. */
const syncFolder = async (path: string) => {
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
