import { Counter, Histogram, type Registry } from 'prom-client'
import { StorageError } from '../faults/storage.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Origin } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'

type Parts = { store: Store; models: Blobs; updates: Blobs }

/** The same tables and blobs, with the time of commits, versions saved, and faults counted. */
export const createStorageMetrics = (registers: [Registry]): ((parts: Parts) => Parts) => {
  const commits = new Histogram({
    name: 'tributary_commit_duration_seconds',
    help: 'Writing to the tables, durably; failed where that met a fault, refused where another write came first.',
    labelNames: ['outcome'],
    buckets: [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2, 10],
    registers,
  })
  for (const outcome of ['done', 'refused', 'failed']) commits.zero({ outcome })
  const faults = new Counter({
    name: 'tributary_storage_errors_total',
    help: 'Faults of the database or a blob store, by what was asked of it.',
    labelNames: ['store', 'operation'],
    registers,
  })
  for (const [store, operations] of Object.entries(OPERATIONS))
    for (const operation of operations) faults.inc({ store, operation }, 0)
  const published = new Counter({
    name: 'tributary_model_versions_published_total',
    help: 'Model versions saved, by where they came from.',
    labelNames: ['origin'],
    registers,
  })
  for (const origin of ORIGINS) published.inc({ origin }, 0)

  const watching =
    <K extends keyof typeof OPERATIONS>(store: K, operation: (typeof OPERATIONS)[K][number]) =>
    async <T>(work: () => Promise<T>): Promise<T> => {
      try {
        return await work()
      } catch (error) {
        if (error instanceof StorageError) faults.inc({ store, operation })
        throw error
      }
    }

  /** Every function of it, and of the tables in it, counts the faults that it meets as reads. */
  const reading = <T extends object>(part: T): T => {
    const tables = new Map(
      Object.entries(part).flatMap(([key, value]) =>
        typeof value === 'object' ? [[key, reading(value)]] : [],
      ),
    )
    return new Proxy(part, {
      get(target, key) {
        const method: unknown = Reflect.get(target, key)
        if (typeof method !== 'function') return tables.get(String(key)) ?? method
        return (...asked: unknown[]) => watching('database', 'read')(async () => method.apply(target, asked))
      },
    })
  }

  const measuredStore = (store: Store): Store => ({
    ...reading(store),
    async commit(changes) {
      const from = performance.now()
      const ended = (outcome: 'done' | 'refused' | 'failed') =>
        commits.observe({ outcome }, (performance.now() - from) / 1_000)
      try {
        await watching('database', 'commit')(() => store.commit(changes))
      } catch (error) {
        ended(error instanceof StorageError ? 'failed' : 'refused')
        throw error
      }
      ended('done')
      for (const change of changes)
        if (change.kind === 'insert-model') published.inc({ origin: change.model.origin.kind })
    },
    close: store.close,
  })

  const measuredBlobs = (blobs: Blobs, store: 'models' | 'updates'): Blobs => ({
    ...blobs,
    put: (bytes) => watching(store, 'write')(() => blobs.put(bytes)),
    stage: (source, limit) =>
      watching(
        store,
        'write',
      )(async () => {
        const staged = await blobs.stage(source, limit)
        return { ...staged, keep: () => watching(store, 'write')(() => staged.keep()) }
      }),
    read: (digest) => watching(store, 'read')(() => blobs.read(digest)),
    open: (digest) => watching(store, 'read')(() => blobs.open(digest)),
    delete: (digest) => watching(store, 'delete')(() => blobs.delete(digest)),
  })

  return ({ store, models, updates }) => ({
    store: measuredStore(store),
    models: measuredBlobs(models, 'models'),
    updates: measuredBlobs(updates, 'updates'),
  })
}

const ORIGINS: readonly Origin['kind'][] = ['initial', 'imported', 'round', 'rollback']
const BLOB_OPERATIONS = ['read', 'write', 'delete'] as const
const OPERATIONS = {
  database: ['read', 'commit'],
  models: BLOB_OPERATIONS,
  updates: BLOB_OPERATIONS,
} as const
