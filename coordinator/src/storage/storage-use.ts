/** How much room what a configuration names takes up. */
import { join } from 'node:path'
import { unreachable } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { diskRoom, fileBytes, folderBytes } from '../adapters/files/disk-use.ts'
import { postgresBytes } from '../adapters/postgres/examine-server.ts'
import type { StorageSizes, StorageUse } from '../ports/host.ts'
import type { StorageOptions } from '../settings/storage-settings.ts'

type Options = Pick<StorageOptions, 'database' | 'blobs' | 'folder'>

/** Files that are looked at in a folder; of a larger one it is not told how large it is. */
const MOST_FILES = 20_000
const FRESH_MS = 60_000

/** Sizes are measured at most once a minute, one at a time, however many ask. */
export const storageUse = (options: Options, clock: Pick<Clock, 'now'>): StorageUse => {
  const { folder, database, blobs } = options
  let measured: { at: number; sizes: Promise<StorageSizes> } | undefined
  const usesFolder = database.kind === 'sqlite' || blobs.kind === 'files'
  return {
    database: databaseInWords(database),
    blobs: blobsInWords(blobs),
    async sizes() {
      const now = clock.now()
      if (!measured || Math.abs(now - measured.at) >= FRESH_MS)
        measured = { at: now, sizes: measure(options) }
      return measured.sizes
    },
    room: async () => (usesFolder ? orNull(diskRoom(folder)) : null),
  }
}

const measure = async (options: Options): Promise<StorageSizes> => {
  const blobs = blobFolder(options)
  const under = (name: string) =>
    blobs === undefined ? null : orNull(folderBytes(join(blobs, name), { most: MOST_FILES }))
  return {
    databaseBytes: await orNull(databaseBytes(options)),
    modelBytes: await under('models'),
    updateBytes: await under('updates'),
  }
}

const databaseBytes = ({ database, folder }: Options): Promise<number> => {
  switch (database.kind) {
    case 'sqlite':
      return fileBytes(['', '-wal', '-shm'].map((end) => join(folder, `tributary.sqlite${end}`)))
    case 'postgres':
      return postgresBytes({ url: database.url.reveal(), schema: database.schema })
    default:
      return unreachable(database)
  }
}

const blobFolder = ({ blobs, folder }: Options): string | undefined => {
  switch (blobs.kind) {
    case 'files':
      return folder
    case 'folder':
      return blobs.path
    case 's3':
      return undefined
    default:
      return unreachable(blobs)
  }
}

/** What cannot be measured at the moment is nothing that whoever looks on has to fail for. */
const orNull = <T>(measuring: Promise<T>): Promise<T | null> => measuring.catch(() => null)

const databaseInWords = (database: Options['database']): string => {
  switch (database.kind) {
    case 'sqlite':
      return 'SQLite, a file in the data folder'
    case 'postgres':
      return `PostgreSQL, schema ${database.schema} at ${database.shown}`
    default:
      return unreachable(database)
  }
}

const blobsInWords = (blobs: Options['blobs']): string => {
  switch (blobs.kind) {
    case 'files':
      return 'files in the data folder'
    case 'folder':
      return 'files in a shared folder'
    case 's3':
      return `S3, bucket ${blobs.bucket}`
    default:
      return unreachable(blobs)
  }
}
