/** What a configuration names, opened. */
import { join } from 'node:path'
import { steadyClock, systemClock, systemRandom } from '@tributary/protocols/runtime'
import { lockFolder } from './adapters/files/folder-lock.ts'
import { openSecretKey } from './adapters/files/secret-key.ts'
import { fileExists } from './adapters/files/text-file.ts'
import { openPostgresSignals } from './adapters/socket-io/postgres-signals.ts'
import { newReplicaId, replicaIdOf } from './cluster/signal.ts'
import type { SharedTables } from './coordinator-needs.ts'
import { coordinatorIdOf } from './crypto/own-key.ts'
import { StorageError } from './faults/storage.ts'
import type { Blobs } from './ports/blobs.ts'
import type { StorageUse } from './ports/host.ts'
import type { Snapshot } from './ports/snapshot.ts'
import type { Change, Store } from './ports/store.ts'
import type { StorageOptions } from './settings/storage-settings.ts'
import { blobsOf } from './storage/blob-stores.ts'
import { claimTables } from './storage/claim-tables.ts'
import { requireBlobs } from './storage/require-blobs.ts'
import { storageUse } from './storage/storage-use.ts'
import { type SchemaVersion, tablesOf } from './storage/tables.ts'

export type Storage = {
  store: Store
  /** Published bytes: weights and assignments. */
  models: Blobs
  /** Sealed updates. */
  updates: Blobs
  ownKey: Uint8Array
  /** How this process speaks to others with the same tables; none where it has them to itself. */
  shared: SharedTables | undefined
  /** How much room all of it takes up. */
  use: StorageUse
  close(): Promise<void>
}

/**
 * Opens all of it for the process that serves, and brings the tables up to the newest schema. A data folder that holds
 * any of it is locked until `close`. Throws where the folder is in use by another coordinator or cannot be used; nothing
 * is left behind then.
 */
export const openStorage = async (
  options: StorageOptions,
  { fault }: { fault(error: unknown): void },
): Promise<Storage> => {
  const closing: (() => Promise<unknown> | unknown)[] = []
  const close = async () => {
    for (let end = closing.pop(); end; end = closing.pop()) await end()
  }
  try {
    if (locksFolder(options)) {
      const lock = await lockFolder(options.folder)
      closing.push(() => lock.release())
    }
    const store = await tablesOf(options).open()
    closing.push(() => store.close())
    const used = (await store.identity()) !== undefined || (await store.tokens.list()).length > 0
    const ownKey = await openSecretKey({
      path: options.keyFile,
      missing: used ? 'refuse' : 'create',
      random: systemRandom(),
    })
    await claimTables(store, { coordinator: coordinatorIdOf(ownKey), keyFile: options.keyFile })
    const { models, updates, close: closeBlobs } = await blobsOf(options).open()
    closing.push(closeBlobs)
    await requireBlobs(store, models)
    const shared = await openShared(options, fault)
    if (shared) closing.push(() => shared.signals.close())
    return { store, models, updates, ownKey, shared, use: storageUse(options, systemClock()), close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Whether the data folder holds tables or blobs, and so is one process's alone. */
export const locksFolder = ({ database, blobs }: Pick<StorageOptions, 'database' | 'blobs'>): boolean =>
  database.kind === 'sqlite' || blobs.kind === 'files'

/**
 * A process whose blobs are its own is the only one, and has the same name at every start: what it drove when it
 * was killed is still its own, and nobody has to wait until that has run out.
 */
const openShared = async (
  { database, blobs, folder }: StorageOptions,
  fault: (error: unknown) => void,
): Promise<SharedTables | undefined> => {
  if (database.kind !== 'postgres') return undefined
  const random = systemRandom()
  return {
    replica:
      blobs.kind === 'files'
        ? replicaIdOf(await openSecretKey({ path: join(folder, 'replica'), missing: 'create', random }))
        : newReplicaId(random),
    steady: steadyClock(),
    signals: await openPostgresSignals({ url: database.url.reveal(), schema: database.schema, fault }),
  }
}

/** All that a command ever writes to tables that another process may be serving. */
export type BesideChange = Extract<Change, { kind: 'append-audit' | 'forget-replies' }>

/** What a command has that works beside the process that serves, or without one. */
export type Beside = {
  openSnapshot(): Promise<Snapshot>
  models: Omit<Blobs, 'put' | 'stage'>
  commit(changes: readonly BesideChange[]): Promise<void>
  close(): Promise<void>
}

/** Locks nothing, makes nothing. Throws where there is no data folder or no bucket. */
export const openBeside = async (options: StorageOptions): Promise<Beside> => {
  const tables = tablesOf(options)
  return {
    openSnapshot: tables.snapshot,
    ...(await blobsOf(options).beside()),
    async commit(changes) {
      const { found, newest } = await tables.schemaVersion()
      if (found !== newest) throw new StorageError(`the tables have not the schema ${newest} of this program`)
      const store = await tables.open()
      try {
        await store.commit(changes)
      } finally {
        await store.close()
      }
    },
  }
}

/** The tables at this instant. Changes nothing, and the process that serves goes on. */
export const openSnapshot = async (options: StorageOptions): Promise<Snapshot> => tablesOf(options).snapshot()

/** The key of a coordinator that has one; `undefined` where there is no file. Throws where it is none or open to others. */
export const readOwnKey = async ({ keyFile }: Pick<StorageOptions, 'keyFile'>) => {
  if (!fileExists(keyFile)) return undefined
  const key = await openSecretKey({ path: keyFile, missing: 'refuse', random: systemRandom() })
  return { key, id: coordinatorIdOf(key) }
}

/** The schema that the tables have, and the newest. Changes nothing. */
export const schemaVersionOf = (options: StorageOptions): Promise<SchemaVersion> =>
  tablesOf(options).schemaVersion()

/** Brings the tables up to the newest schema. Throws where a coordinator has the data folder. */
export const migrateStorage = async (options: StorageOptions): Promise<SchemaVersion> => {
  const lock = options.database.kind === 'sqlite' ? await lockFolder(options.folder) : undefined
  try {
    const tables = tablesOf(options)
    await (await tables.open()).close()
    return await tables.schemaVersion()
  } finally {
    await lock?.release()
  }
}
