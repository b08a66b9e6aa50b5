/** What a configuration names, opened: the one place that knows which adapters there are. */
import { join } from 'node:path'
import { unreachable } from '@tributary/protocols'
import { systemRandom } from '@tributary/protocols/runtime'
import { openFileBlobs } from './adapters/files/file-blobs.ts'
import { lockFolder } from './adapters/files/folder-lock.ts'
import { openSecretKey } from './adapters/files/secret-key.ts'
import { openSegmentBlobs } from './adapters/files/segment-blobs.ts'
import { sqliteSchemaVersion } from './adapters/sqlite/schema-version.ts'
import { openSqliteStore } from './adapters/sqlite/sqlite-store.ts'
import type { Blobs } from './ports/blobs.ts'
import type { Store } from './ports/store.ts'
import type { StorageOptions } from './settings/storage-settings.ts'

export type Storage = {
  store: Store
  /** Published bytes: weights and assignments. */
  models: Blobs
  /** Sealed updates. */
  updates: Blobs
  ownKey: Uint8Array
  close(): Promise<void>
}

/**
 * Opens all of it for the process that serves, and brings the tables up to the newest schema. A data folder that holds
 * any of it is locked until `close`. Throws where the folder is in use by another coordinator or cannot be used; nothing
 * is left behind then.
 */
export const openStorage = async (options: StorageOptions): Promise<Storage> => {
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
    return { store, models, updates, ownKey, close }
  } catch (error) {
    await close()
    throw error
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
}

const tablesOf = ({ database, folder }: StorageOptions): Tables => {
  switch (database.kind) {
    case 'sqlite': {
      const path = join(folder, 'tributary.sqlite')
      return {
        open: () => openSqliteStore({ path }),
        schemaVersion: () => sqliteSchemaVersion(path),
      }
    }
    case 'postgres':
      throw new Error(`PostgreSQL is not built in yet: ${database.shown} cannot be used`)
    default:
      return unreachable(database)
  }
}

/** What can be done with the bytes, wherever they are. */
type BlobStores = {
  /** For the process that serves. */
  open(): Promise<{ models: Blobs; updates: Blobs; close(): Promise<void> }>
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
      }
    case 's3':
      throw new Error(`S3 is not built in yet: s3://${blobs.bucket} cannot be used`)
    default:
      return unreachable(blobs)
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
