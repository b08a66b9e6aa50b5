import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Instant } from '@tributary/protocols'
import * as z from 'zod'
import { StorageError } from '../../faults/storage.ts'
import { asFileError, errorCode } from './file-errors.ts'
import { nodeFiles } from './files.ts'
import { folderSync } from './folder-sync.ts'
import { makeLastingFolder } from './lasting-folder.ts'

/** Who holds a folder. */
const Holder = z.object({ pid: z.int(), host: z.string(), startedAt: Instant })
export type Holder = z.infer<typeof Holder>

export type FolderLock = {
  /** Lets another process have the folder; harmless when repeated. */
  release(): Promise<void>
}

/** Another live process works in the folder. `holder` is unknown while it has not yet named itself. */
export class FolderInUseError extends Error {
  override name = 'FolderInUseError'
  readonly holder: Holder | undefined
  constructor(folder: string, holder: Holder | undefined, options?: ErrorOptions) {
    const who = holder
      ? `process ${holder.pid} on ${holder.host}, started ${new Date(holder.startedAt).toISOString()}`
      : 'a process that has only just started'
    super(
      `the data folder ${folder} is in use by another coordinator (${who}): ` +
        'stop that one first, or give this one a folder of its own',
      options,
    )
    this.holder = holder
  }
}

/**
 * Takes a data folder for this process alone, making it when it is not there. Throws `FolderInUseError` at once where
 * another process has it, `StorageError` where the file system cannot lock.
 *
 * The lock is the operating system's own on `coordinator.lock`, taken by way of SQLite, which knows how to on every
 * platform. The system drops it when its process dies, however it dies, so nothing stale is ever left to judge, and two
 * containers that share a volume see each other though each takes itself for process 1.
 * `coordinator.lock.json` only tells people who it is. Nothing else in the process may open `coordinator.lock`:
 * closing it again would drop the lock (POSIX).
 */
export const lockFolder = async (folder: string, holder = thisProcess()): Promise<FolderLock> => {
  const path = resolve(folder)
  await asFileError(`making the data folder ${path}`, () =>
    makeLastingFolder(path, nodeFiles, folderSync(nodeFiles)),
  )
  const lock = takeLock(join(path, 'coordinator.lock'))
  if (lock === 'taken') throw new FolderInUseError(path, await readHolder(path, holder.host))
  try {
    await writeHolder(path, holder)
  } catch (cause) {
    lock.close()
    throw cause
  }
  let released: Promise<void> | undefined
  const release = async () => {
    // While the lock is still held: what lies there afterwards is the next holder's.
    await rm(holderPath(path), { force: true })
    lock.close()
  }
  return {
    async release() {
      released ??= release()
      await released
    },
  }
}

/**
 * Who has the folder, `free` where nobody has; asked by a process that does not want it. A name left by a process that
 * was killed is no holder. Whoever takes the lock in the very moment of asking may find it taken.
 */
export const folderHolder = async (folder: string): Promise<Holder | 'free'> => {
  const path = resolve(folder)
  const holder = await readHolder(path, hostname())
  if (!holder || isFree(join(path, 'coordinator.lock'))) return 'free'
  return holder
}

const isFree = (path: string): boolean => {
  const database = new DatabaseSync(path, { readOnly: true, timeout: 0 })
  try {
    database.prepare('select 1 from sqlite_schema').get()
    return true
  } catch (cause) {
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === BUSY) return false
    throw new StorageError(`the folder's lock ${path} cannot be looked at`, { cause })
  } finally {
    database.close()
  }
}

const BUSY = 5

const takeLock = (path: string): DatabaseSync | 'taken' => {
  let database: DatabaseSync | undefined
  try {
    database = new DatabaseSync(path, { timeout: 0 })
    // Nothing is ever written: the transaction is only there to be exclusive, and ends with the connection.
    database.exec('pragma journal_mode = memory; begin exclusive')
    return database
  } catch (cause) {
    database?.close()
    if (cause instanceof Error && 'errcode' in cause && cause.errcode === BUSY) return 'taken'
    throw new StorageError(`the folder's lock ${path} cannot be taken: its file system must allow locks`, {
      cause,
    })
  }
}

const thisProcess = (): Holder => ({
  pid: process.pid,
  host: hostname(),
  startedAt: Math.round(performance.timeOrigin),
})

const holderPath = (folder: string) => join(folder, 'coordinator.lock.json')

const writeHolder = (folder: string, holder: Holder) =>
  asFileError(`writing ${holderPath(folder)}`, async () => {
    const draft = `${holderPath(folder)}.new`
    await writeFile(draft, `${JSON.stringify(holder)}\n`)
    await rename(draft, holderPath(folder))
  })

/** Who the holder says it is. A name left by a process that was killed is not the name of who holds it. */
const readHolder = async (folder: string, ownHost: string): Promise<Holder | undefined> => {
  const text = await readFile(holderPath(folder), 'utf8').catch(() => '')
  const holder = Holder.safeParse(parsed(text))
  if (!holder.success) return undefined
  return holder.data.host === ownHost && !isAlive(holder.data.pid) ? undefined : holder.data
}

const parsed = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Signal 0 reaches nobody; asking to send it tells whether there is anybody. */
const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return errorCode(error) !== 'ESRCH'
  }
}
