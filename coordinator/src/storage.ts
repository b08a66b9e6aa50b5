/** What a configuration names, opened: the one place that knows which adapters there are. */
import { join } from 'node:path'
import { unreachable } from '@tributary/protocols'
import { systemRandom } from '@tributary/protocols/runtime'
import { draftDataFolder } from './adapters/files/backup-folder.ts'
import { openFileBlobs } from './adapters/files/file-blobs.ts'
import { lockFolder } from './adapters/files/folder-lock.ts'
import { openSecretKey } from './adapters/files/secret-key.ts'
import { openSegmentBlobs } from './adapters/files/segment-blobs.ts'
import { fileExists } from './adapters/files/text-file.ts'
import { openPostgresStore } from './adapters/postgres/postgres-store.ts'
import { postgresSchemaVersion } from './adapters/postgres/schema-version.ts'
import { openS3Blobs } from './adapters/s3/s3-blobs.ts'
import { openPostgresSignals } from './adapters/socket-io/postgres-signals.ts'
import { sqliteDamage } from './adapters/sqlite/integrity.ts'
import { loadSqliteTables } from './adapters/sqlite/load-tables.ts'
import { sqliteSchemaVersion } from './adapters/sqlite/schema-version.ts'
import { openSqliteSnapshot } from './adapters/sqlite/snapshot.ts'
import { openSqliteStore } from './adapters/sqlite/sqlite-store.ts'
import { newReplicaId, replicaIdOf } from './cluster/signal.ts'
import type { SharedTables } from './coordinator.ts'
import { coordinatorIdOf } from './crypto/own-key.ts'
import { StorageError } from './faults/storage.ts'
import type { RestoreTarget } from './operate/restore.ts'
import type { Blobs } from './ports/blobs.ts'
import type { AuditEntry } from './ports/records.ts'
import type { LoadTables, Snapshot } from './ports/snapshot.ts'
import type { Store } from './ports/store.ts'
import type { StorageOptions } from './settings/storage-settings.ts'

export type Storage = {
  store: Store
  /** Published bytes: weights and assignments. */
  models: Blobs
  /** Sealed updates. */
  updates: Blobs
  ownKey: Uint8Array
  /** How this process speaks to others with the same tables; none where it has them to itself. */
  shared: SharedTables | undefined
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
    if (options.database.kind === 'sqlite' || options.blobs.kind === 'files') {
      const lock = await lockFolder(options.folder)
      closing.push(() => lock.release())
    }
    const store = await tablesOf(options).open()
    closing.push(() => store.close())
    const used = (await store.tokens.list()).length > 0
    const ownKey = await openSecretKey({
      path: options.keyFile,
      missing: used ? 'refuse' : 'create',
      random: systemRandom(),
    })
    const { models, updates, close: closeBlobs } = await blobsOf(options).open()
    closing.push(closeBlobs)
    const shared = await openShared(options, fault)
    if (shared) closing.push(() => shared.signals.close())
    return { store, models, updates, ownKey, shared, close }
  } catch (error) {
    await close()
    throw error
  }
}

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
    signals: await openPostgresSignals({ url: database.url.reveal(), schema: database.schema, fault }),
  }
}

/** The version of the schema that the tables have, `undefined` where there are none yet; and the newest there is. */
export type SchemaVersion = { found: number | undefined; newest: number }

/** What can be done with the tables, wherever they are. */
type Tables = {
  /** For the process that writes: brings the schema up to the newest version. */
  open(): Promise<Store>
  /** Changes nothing, and may be asked beside a process that writes. */
  schemaVersion(): Promise<SchemaVersion>
  /** Changes nothing either. Throws where the schema is not the newest. */
  snapshot(): Promise<Snapshot>
  /** What is wrong with where they are kept; nothing where it is sound. Changes nothing. */
  damage(depth: 'quick' | 'full'): Promise<string[]>
  /** For tables that are empty, and that nobody else has. */
  load: LoadTables
}

export const tablesOf = ({ database, folder }: StorageOptions): Tables => {
  switch (database.kind) {
    case 'sqlite': {
      const path = join(folder, 'tributary.sqlite')
      return {
        open: () => openSqliteStore({ path }),
        schemaVersion: () => sqliteSchemaVersion(path),
        snapshot: () => openSqliteSnapshot(path),
        damage: (depth) => sqliteDamage(path, depth),
        load: loadSqliteTables(path),
      }
    }
    case 'postgres':
      return {
        open: () => openPostgresStore({ url: database.url.reveal(), schema: database.schema }),
        schemaVersion: () => postgresSchemaVersion({ url: database.url.reveal(), schema: database.schema }),
        snapshot: async () => notYet('read beside a coordinator', database.shown),
        damage: async () => [],
        load: async () => notYet('filled from a backup', database.shown),
      }
    default:
      return unreachable(database)
  }
}

const notYet = (what: string, where: string): never => {
  throw new StorageError(`PostgreSQL cannot be ${what} yet: ${where}`)
}

/** What another process is taking in is finished, or given up, long before this. */
const UNFINISHED_MS = 60 * 60_000

/** What others are taking in is theirs. */
const BESIDE = { unfinishedAfterMs: Number.POSITIVE_INFINITY }

/** What can be done with the bytes, wherever they are. */
type BlobStores = {
  /** For the process that serves. */
  open(): Promise<{ models: Blobs; updates: Blobs; close(): Promise<void> }>
  /** Published bytes for a process beside it, which puts none. */
  beside(): Promise<Omit<Blobs, 'put' | 'stage'>>
}

const blobsOf = ({ blobs, folder }: StorageOptions): BlobStores => {
  switch (blobs.kind) {
    case 'files':
      return {
        async open() {
          const models = await openFileBlobs({ folder: join(folder, 'models') })
          const updates = await openSegmentBlobs({ folder: join(folder, 'updates') })
          return { models, updates, close: () => updates.close() }
        },
        beside: () => openFileBlobs({ folder: join(folder, 'models'), ...BESIDE }),
      }
    case 'folder':
      return {
        async open() {
          const inFolder = (name: string) =>
            openFileBlobs({ folder: join(blobs.path, name), unfinishedAfterMs: UNFINISHED_MS })
          return {
            models: await inFolder('models'),
            updates: await inFolder('updates'),
            close: async () => {},
          }
        },
        beside: () => openFileBlobs({ folder: join(blobs.path, 'models'), ...BESIDE }),
      }
    case 's3': {
      const under = (name: string) =>
        openS3Blobs({
          bucket: blobs.bucket,
          prefix: [blobs.prefix, name].filter((part) => part !== '').join('/'),
          ...(blobs.endpoint ? { endpoint: blobs.endpoint } : {}),
          region: blobs.region ?? 'us-east-1',
          ...(blobs.credentials
            ? {
                credentials: {
                  accessKeyId: blobs.credentials.accessKeyId,
                  secretAccessKey: blobs.credentials.secretAccessKey.reveal(),
                },
              }
            : {}),
        })
      return {
        beside: () => under('models'),
        async open() {
          const models = await under('models')
          const updates = await under('updates')
          return {
            models,
            updates,
            async close() {
              await updates.close()
              await models.close()
            },
          }
        },
      }
    }
    default:
      return unreachable(blobs)
  }
}

/** What a command has that works beside the process that serves, or without one. */
export type Beside = {
  openSnapshot(): Promise<Snapshot>
  models: Omit<Blobs, 'put' | 'stage'>
  /** Appends to the audit log: all that a command ever writes to tables that another process may be serving. */
  append(entries: readonly AuditEntry[]): Promise<void>
}

/** Locks nothing, makes nothing. Throws where there is no data folder or no bucket. */
export const openBeside = async (options: StorageOptions): Promise<Beside> => {
  const tables = tablesOf(options)
  return {
    openSnapshot: tables.snapshot,
    models: await blobsOf(options).beside(),
    async append(entries) {
      const { found, newest } = await tables.schemaVersion()
      if (found !== newest) throw new StorageError(`the tables have not the schema ${newest} of this program`)
      const store = await tables.open()
      try {
        await store.commit(entries.map((entry) => ({ kind: 'append-audit', entry })))
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

export type RestoreDraft = RestoreTarget & {
  /** What was restored is there from here on, whole. */
  publish(): Promise<void>
  /** Removes what was written, where that is this program's alone. */
  discard(): Promise<void>
}

/** An empty place for a backup. Throws where there is something already. */
export const draftRestore = async (options: StorageOptions): Promise<RestoreDraft> => {
  const folder = await draftDataFolder(options.folder)
  const drafted = { ...options, folder: folder.path }
  try {
    const tables = tablesOf(drafted)
    const { models, close } = await blobsOf(drafted).open()
    await close()
    return {
      load: tables.load,
      openSnapshot: tables.snapshot,
      openStore: tables.open,
      models,
      publish: folder.publish,
      discard: folder.discard,
    }
  } catch (error) {
    await folder.discard()
    throw error
  }
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
