import { ConflictError, StorageError } from '../faults/storage.ts'
import type { Store } from '../ports/store.ts'

/**
 * Says whose the tables are, where nobody has. Throws where they are another coordinator's: under another key, sessions,
 * round keys and signed challenges of the processes that share the tables would be worthless to each other.
 */
export const claimTables = async (
  store: Pick<Store, 'identity' | 'commit'>,
  { coordinator, keyFile }: { coordinator: string; keyFile: string },
): Promise<void> => {
  let owner = await store.identity()
  if (owner === undefined) {
    await store.commit([{ kind: 'insert-identity', coordinator }]).catch((error: unknown) => {
      // Of two that start at once, one comes first.
      if (!(error instanceof ConflictError)) throw error
    })
    owner = await store.identity()
  }
  if (owner !== coordinator)
    throw new StorageError(
      `the tables are of ${owner}, and ${keyFile} is the key of ${coordinator}: put the key of ${owner} in its place`,
    )
}
