import { decodeSafetensors, encodeSafetensors, tensorSpans } from '@tributary/protocols/tensors'
import type { Blobs } from '../ports/blobs.ts'
import type { Store } from '../ports/store.ts'
import type { Aggregating, KeptState } from '../round/round.ts'
import type { StrategyState } from '../strategies/strategy.ts'

/**
 * What the strategy left with the version that a round trains from. It belongs to that version and no other: one that was imported or rolled back
 * to has none, so the strategy begins anew there, whatever the version it is equal to had.
 */
export const readState = async (
  { store, models }: { store: Pick<Store, 'models'>; models: Pick<Blobs, 'read'> },
  { task, base }: Pick<Aggregating, 'task' | 'base'>,
): Promise<StrategyState | undefined | 'lost'> => {
  const version = await store.models.get(task, base.version)
  const kept = version?.origin.kind === 'round' ? version.origin.state : undefined
  if (!kept) return undefined
  if (!kept.vectors) return { vectors: {}, numbers: kept.numbers }
  const file = await models.read(kept.vectors.digest)
  if (!file) return 'lost'
  const { tensors, values } = decodeSafetensors(file)
  const spans = tensorSpans(tensors).map(({ name, start, end }) => [name, values.slice(start, end)] as const)
  return { vectors: Object.fromEntries(spans), numbers: kept.numbers }
}

/** Keeps vectors as one content-addressed file beside the weights: kept again, it is the same. */
export const keepState = async (
  models: Pick<Blobs, 'put'>,
  { vectors, numbers }: StrategyState,
): Promise<KeptState> => {
  const named = Object.entries(vectors).sort(([a], [b]) => (a < b ? -1 : 1))
  if (named.length === 0) return { numbers }
  const length = named.reduce((sum, [, vector]) => sum + vector.length, 0)
  const values = new Float32Array(length)
  let end = 0
  for (const [, vector] of named) {
    values.set(vector, end)
    end += vector.length
  }
  const tensors = named.map(([name, vector]) => ({ name, shape: [vector.length], dtype: 'F32' as const }))
  const { digest, bytes } = await models.put(encodeSafetensors({ tensors, values }))
  return { numbers, vectors: { digest, bytes } }
}
