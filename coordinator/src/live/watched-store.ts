import { StorageError } from '../faults/storage.ts'
import type { Change, Store } from '../ports/store.ts'

/**
 * The tables, with every commit told of once it is durable. What failed and may have been saved all the same is told of as
 * doubtful. Whoever is told must not throw, and is waited for by nobody.
 */
export const withWatchers = (
  store: Store,
  {
    committed,
    doubtful,
  }: { committed(changes: readonly Change[]): void; doubtful(changes: readonly Change[]): void },
): Store => ({
  ...store,
  async commit(changes) {
    try {
      await store.commit(changes)
    } catch (error) {
      if (error instanceof StorageError) doubtful(changes)
      throw error
    }
    committed(changes)
  },
})
