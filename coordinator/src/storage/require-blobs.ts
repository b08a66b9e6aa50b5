import { StorageError } from '../faults/storage.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Store } from '../ports/store.ts'

/** Enough to tell another place from one that is damaged. */
const LOOKED_AT = 20

/**
 * Throws `StorageError` where tasks are in the tables and nothing of them is among the blobs: a process with another folder or
 * bucket than its fellows would drive rounds whose models it cannot read, and take in updates that they cannot.
 */
export const requireBlobs = async (
  store: { tasks: Pick<Store['tasks'], 'list'> },
  models: Pick<Blobs, 'open'>,
): Promise<void> => {
  const tasks = await store.tasks.list({ limit: LOOKED_AT })
  for (const { assignment } of tasks) if (await models.open(assignment.digest)) return
  if (tasks.length === 0) return
  throw new StorageError(
    `the tables have tasks, ${tasks[0]?.id} for one, and nothing of them is among the blobs: give --blobs, or with files in the ` +
      'data folder --data, as it was given when they were made; processes that share a database share their blobs too',
  )
}
