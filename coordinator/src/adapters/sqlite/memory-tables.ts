import { type Clock, systemClock } from '@tributary/protocols/runtime'
import { StorageError } from '../../faults/storage.ts'
import type { Store } from '../../ports/store.ts'
import { type Database, openDatabase } from './database.ts'
import { migrate } from './migrations.ts'
import { storageErrorOf } from './sqlite-errors.ts'
import { storeOver } from './sqlite-store.ts'

/** Tables in this process's memory, which can be taken out of it as they are and put into another's. */
export type MemoryTables = {
  store: Store
  /** Everything that has been committed, as the bytes of an SQLite file; what was destroyed is not in them. */
  image(): Uint8Array
}

/**
 * As `openSqliteStore` on `:memory:`, but that the tables may begin with what an image holds.
 * Throws `StorageError` where the bytes are no image of such tables, are damaged, or come from a newer program.
 */
export const openMemoryTables = async ({
  image,
  clock = systemClock(),
}: {
  image?: Uint8Array
  /** By which leases run out; the machine's own unless given. */
  clock?: Pick<Clock, 'now'>
} = {}): Promise<MemoryTables> => {
  const database = openDatabase(':memory:', image)
  const { sqlite } = database
  try {
    if (image) refuseDamaged(database)
    migrate(sqlite)
  } catch (cause) {
    sqlite.close()
    throw storageErrorOf(cause, 'reading an image of tables')
  }
  return {
    store: storeOver({ database, clock, soon: queueMicrotask }),
    image: () => sqlite.serialize(),
  }
}

const refuseDamaged = ({ sqlite }: Database): void => {
  const [first] = sqlite.prepare('pragma quick_check(1)').all()
  const found = String(Object.values(first ?? {})[0])
  if (found !== 'ok') throw new StorageError(`the image of tables is damaged: ${found}`)
}
