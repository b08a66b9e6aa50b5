import { randomUUID } from 'node:crypto'
import { link } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import type { Random } from '@tributary/protocols/runtime'
import { StorageError } from '../../faults/storage.ts'
import { asFileError, errorCode, unlessMissing } from './file-errors.ts'
import { nodeFiles } from './files.ts'
import { folderSync } from './folder-sync.ts'
import { makeLastingFolder } from './lasting-folder.ts'
import { readWhole, writeAll } from './whole-file.ts'

export type SecretKeyOptions = {
  path: string
  /** Whether a key may be made. With data already there it may not: what was encrypted under theirs would be lost. */
  missing: 'create' | 'refuse'
  /** Where a new key comes from: the platform's cryptographic source. */
  random: Random
}

const KEY_BYTES = 32
const GROUP_AND_OTHERS = 0o077

/**
 * The coordinator's own key: 32 raw bytes in a file that only its user may read, made at the first start; by one of
 * several processes that start at once. Throws `StorageError` where others may read the file, it is not 32 bytes long, or it is
 * missing and may not be made: a key is never replaced silently, for what was encrypted under it would be lost.
 */
export const openSecretKey = ({ path, missing, random }: SecretKeyOptions): Promise<Uint8Array> =>
  asFileError(`opening the coordinator's key ${path}`, async () => {
    const there = await unlessMissing(nodeFiles.stat(path))
    if (!there && missing === 'refuse')
      throw new StorageError(
        `the coordinator's key ${path} is missing, and there is data that belongs to it: put your copy of the key there, ` +
          'or name with --key-file the one that all processes of this coordinator share',
      )
    if (!there) await createKey(resolve(path), random)
    requirePrivate(path, (there ?? (await nodeFiles.stat(path))).mode)
    const key = await readWhole(nodeFiles, path)
    if (key.length !== KEY_BYTES)
      throw new StorageError(
        `the coordinator's key ${path} has ${key.length} bytes, not ${KEY_BYTES}: put your copy of it there; ` +
          'only if no data belongs to it, delete it and a new one is made',
      )
    return key
  })

const requirePrivate = (path: string, mode: number) => {
  // Windows reports a mode that says nothing about who may read.
  if (process.platform === 'win32' || (mode & GROUP_AND_OTHERS) === 0) return
  const octal = (mode & 0o777).toString(8).padStart(4, '0')
  throw new StorageError(
    `the coordinator's key ${path} is open to other users (mode ${octal}): run \`chmod 600 ${path}\`, ` +
      'and replace the key if somebody may have read it',
  )
}

/** Written aside and then named, so that a key is there whole or not at all, however the start is cut short. */
const createKey = async (path: string, random: Random): Promise<void> => {
  const draft = `${path}.${randomUUID()}`
  const syncFolder = folderSync(nodeFiles)
  await makeLastingFolder(dirname(path), nodeFiles, syncFolder)
  try {
    const file = await nodeFiles.open(draft, 'wx+', 0o600)
    try {
      await writeAll(file, random.bytes(KEY_BYTES))
      await file.sync()
    } finally {
      await file.close()
    }
    await nameUnlessThere(draft, path)
  } finally {
    await nodeFiles.unlink(draft).catch(() => {})
  }
  await syncFolder(dirname(path))
}

/** A link, unlike a new name, takes nobody's place: of two processes that make a key at once, both have the first one's. */
const nameUnlessThere = async (draft: string, path: string): Promise<void> => {
  try {
    await link(draft, path)
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return
    // Not every file system has links.
    if (!['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'].includes(errorCode(error) ?? '')) throw error
    await nodeFiles.rename(draft, path)
  }
}
