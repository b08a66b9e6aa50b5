import type { TrainingJob, TrainingResult } from '@tributary/client-sdk'
import { epochsOf, type Population } from '../population/index.ts'
import type { PoolTraining, TrainingPool } from './pool.ts'

export type HonestJob = Pick<TrainingJob, 'assignment' | 'weights' | 'plan' | 'correction'> & {
  /** Its number, from 1. */
  round: number
  /** What its own SDK has its training start from; left out by those who train what another would. */
  seed?: number
}

/** What a client's training comes to in a round, honest but for rows that it may have poisoned. */
export type HonestTraining = (
  client: number,
  job: HonestJob,
  poison?: PoolTraining['poison'],
) => Promise<TrainingResult>

/**
 * It depends on seed, client, round, rows and weights alone, so that anybody may ask for it: a client for its own, or one that sees all for those of
 * others, which are then not trained twice. A straggler trains as many epochs as it comes to.
 */
export const createHonestTraining = ({
  pool,
  rowsOf,
  seedOf,
  population,
  shared,
}: {
  pool: TrainingPool
  /** What a client has in a round. */
  rowsOf(client: number, round: number): Uint32Array
  /** What the training of the shared model starts from in the round, as the SDK is told. */
  seedOf(client: number, round: number): number
  population: Population | undefined
  /** Whether some will ask for what others train: then a round's results are kept while it is open. */
  shared: boolean
}): HonestTraining => {
  const inRound = sharedInRound<TrainingResult>()
  const train: HonestTraining = (client, { round, plan, seed = seedOf(client, round), ...job }, poison) => {
    const epochs = population ? epochsOf(population.fateOf(client, round), plan.epochs) : plan.epochs
    const { assignment, weights, correction } = job
    return pool.train({
      assignment,
      weights,
      rows: rowsOf(client, round),
      plan: { ...plan, epochs },
      seed,
      ...(correction && { correction }),
      ...(poison && { poison }),
    })
  }
  if (!shared) return train
  return (client, job, poison) =>
    poison || job.correction
      ? train(client, job, poison)
      : inRound(job, client, () => train(client, job, poison))
}

/** What is made once for all of a round who train from the same weights; of a round that is past nothing is kept. */
export const sharedInRound = <T>() => {
  const made = new Map<number, { weights: Float32Array; of: Promise<T> }>()
  let current = 0
  return (
    { round, weights }: Pick<HonestJob, 'round' | 'weights'>,
    key: number,
    make: () => Promise<T>,
  ): Promise<T> => {
    if (round !== current) made.clear()
    current = round
    const before = made.get(key)
    if (before && isEqual(before.weights, weights)) return before.of
    const of = make()
    made.set(key, { weights, of })
    return of
  }
}

const isEqual = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength))
