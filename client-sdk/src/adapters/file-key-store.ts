import { link, mkdir, open, readdir, readFile, rm, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { KeyStore } from '../ports/key-store.ts'
import { messageOf, TributaryError } from '../tributary-error.ts'
import { removeFile } from './durable-file.ts'
import { isCode } from './file-error.ts'

const SEED_BYTES = 32
const UNFINISHED = '.new'

/**
 * A file that holds the 32 bytes of the seed, readable by its owner alone. Its first content is final: it is written
 * beside and linked into place, so that of several processes one wins and no half of a file is ever seen.
 */
export const fileKeyStore = (path: string): KeyStore => {
  const load = async () => {
    try {
      const seed = new Uint8Array(await readFile(path))
      await checkOwnership(path)
      if (seed.length !== SEED_BYTES) throw badKey(path, `has ${seed.length} bytes instead of ${SEED_BYTES}`)
      return seed
    } catch (cause) {
      if (isCode(cause, 'ENOENT')) return undefined
      throw asTributaryError(cause, path)
    }
  }
  return {
    load,
    async keep(seed) {
      const mine = `${path}.${crypto.randomUUID()}${UNFINISHED}`
      try {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 })
        await writeDurably(mine, seed)
        await link(mine, path)
      } catch (cause) {
        if (!isCode(cause, 'EEXIST')) throw asTributaryError(cause, path)
      } finally {
        // A leftover does no harm, and must not hide what went wrong.
        await rm(mine, { force: true }).catch(() => undefined)
      }
      const kept = await load()
      if (!kept) throw badKey(path, 'was removed while it was being made', 'Enrol again')
      return kept
    },
    async erase() {
      try {
        await removeFile(path)
        // A process that was killed while it made the file has left a key beside it.
        const beside = (name: string) => name.startsWith(`${basename(path)}.`) && name.endsWith(UNFINISHED)
        const files = await readdir(dirname(path))
        for (const file of files.filter(beside)) await removeFile(join(dirname(path), file))
      } catch (cause) {
        if (!isCode(cause, 'ENOENT')) throw asTributaryError(cause, path)
      }
    },
  }
}

const writeDurably = async (path: string, seed: Uint8Array) => {
  const file = await open(path, 'wx', 0o600)
  try {
    await file.writeFile(seed)
    await file.sync()
  } finally {
    await file.close()
  }
}

/** A key that others could read may no longer be this client's alone. Windows has no such bits. */
const checkOwnership = async (path: string) => {
  if (process.platform === 'win32') return
  const { mode } = await stat(path)
  if ((mode & 0o077) === 0) return
  const remedy = 'If the key is safe, chmod 600 the file; else move it away and enrol again'
  throw badKey(path, 'can be read by other users', remedy)
}

const badKey = (path: string, problem: string, remedy = 'Move it away and enrol again') =>
  new TributaryError({ code: 'bad-key', problem: `the identity file ${path} ${problem}`, remedy })

const asTributaryError = (cause: unknown, path: string) =>
  cause instanceof TributaryError
    ? cause
    : new TributaryError(
        {
          code: 'storage-failed',
          problem: `the identity file ${path} cannot be used: ${messageOf(cause)}`,
          remedy: 'Give a path on a disk that this process may write to',
        },
        { cause },
      )
