import { seededRandom } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { type AttackSpec, attackOf } from '../population/index.ts'
import { createTrainingPool } from '../training/pool.ts'
import { CLIENTS, completed, dataset, type QuickJob, quickPool, run } from './population.builders.ts'
import type { ScenarioInput } from './scenario.ts'

type Groups = NonNullable<NonNullable<ScenarioInput['population']>['attackers']>
const LIARS = [1, 4]

/** Everybody takes part; attackers are clients 1 and 4. */
const attacked = async (attack: Groups[number]['attack'], changes: Partial<ScenarioInput> = {}) => {
  const pool = quickPool()
  const population = { attackers: [{ attack, clients: LIARS }] }
  const result = await run({ population, rounds: 1, ...changes }, { pool })
  /** What each client trains in a round, by client. */
  const trained = (round: number): QuickJob[] => {
    const versions = [...new Set(pool.jobs.map(({ weights }) => weights.slice(0, 50).join()))]
    const ofRound = pool.jobs.filter(({ weights }) => weights.slice(0, 50).join() === versions[round - 1])
    return result.parts.map((rows) => ofRound.find((job) => job.rows === rows) as QuickJob)
  }
  return { ...result, pool, trained }
}

/** The model moved by the mean of updates that honest clients trained, and of those that take the liars' place. */
const expectModel = (
  weights: Float32Array,
  jobs: readonly QuickJob[],
  sent: (client: number, own: Float32Array) => Float32Array,
) => {
  const examples = jobs.reduce((sum, { rows }) => sum + rows.length, 0)
  const updates = jobs.map(({ delta }, client) => (LIARS.includes(client) ? sent(client, delta) : delta))
  let apart = 0
  let moved = 0
  for (let i = 0; i < weights.length; i++) {
    const mean = jobs.reduce(
      (sum, { rows }, at) => sum + (rows.length / examples) * (updates[at]?.[i] ?? 0),
      0,
    )
    apart = Math.max(apart, Math.abs((weights[i] ?? 0) - (jobs[0]?.weights[i] ?? 0) - mean))
    moved = Math.max(moved, Math.abs(mean))
  }
  expect(apart).toBeLessThan(1e-5 * (1 + moved))
}

const honestOf = (jobs: readonly QuickJob[]) =>
  jobs.filter((_, client) => !LIARS.includes(client)).map(({ delta }) => delta)

describe('what an attacker sends', () => {
  test('is what the attack makes of its own honest update, and everything beyond is the SDK’s', async () => {
    const { weights, trained, rounds } = await attacked({ kind: 'sign-flip', scale: 3 })
    expectModel(weights, trained(1), (_, own) => own.map((value) => -3 * value))
    expect(rounds).toMatchObject([{ received: CLIENTS, attackers: 2 }])
  })

  test.each<AttackSpec>([
    { kind: 'min-max', sees: 'honest', along: 'deviation' },
    { kind: 'inner-product', sees: 'honest', epsilon: 2 },
    { kind: 'inner-product', sees: 'colluders', epsilon: 2 },
    { kind: 'little-is-enough', sees: 'colluders' },
  ])('of %j is made from what others honestly trained in the same round', async (attack) => {
    const { weights, trained } = await attacked(attack)
    const jobs = trained(1)
    const seen = 'sees' in attack && attack.sees === 'honest'
    const honest = seen ? honestOf(jobs) : LIARS.flatMap((client) => jobs[client]?.delta ?? [])
    const sent = attackOf(attack).craft?.({
      honest,
      own: new Float32Array(weights.length),
      round: 1,
      random: seededRandom(1),
      cohort: { updates: CLIENTS, attackers: 2 },
      share: 1 / CLIENTS,
      earlier: [],
    })
    if (!sent) throw new Error('nothing is crafted')
    expectModel(weights, jobs, () => sent)
  })

  test('an attacker that sees others has nobody trained twice', async () => {
    const { pool } = await attacked({ kind: 'min-max' })
    expect(pool.jobs.length).toBe(CLIENTS)
  })

  test('one that replaces the model outvotes all others', async () => {
    const { weights, trained } = await attacked({ kind: 'model-replacement' })
    const jobs = trained(1)
    const examples = jobs.reduce((sum, { rows }) => sum + rows.length, 0)
    expectModel(weights, jobs, (client, own) =>
      own.map((value) => (value * examples) / (jobs[client]?.rows.length ?? 1)),
    )
  })

  test('a free rider sends nothing, and a stale one what it trained before; honest it is where its rounds have not come', async () => {
    const free = await attacked({ kind: 'free-rider' })
    expectModel(free.weights, free.trained(1), (_, own) => own.map(() => 0))
    const stale = await attacked({ kind: 'stale-replay' }, { rounds: 2 })
    const [first, second] = [stale.trained(1), stale.trained(2)]
    expectModel(stale.weights, second, (client) => first[client]?.delta ?? new Float32Array(0))
    const waits = {
      attackers: [{ attack: { kind: 'free-rider' as const }, clients: LIARS, rounds: { from: 2 } }],
    }
    const later = await attacked({ kind: 'free-rider' }, { population: waits })
    expectModel(later.weights, later.trained(1), (_, own) => own)
    expect(later.rounds).toMatchObject([{ attackers: 0 }])
  })

  test('is not held back by what its own SDK would clip: it seals an envelope of its own', async () => {
    const plan = {
      epochs: 1,
      batchSize: 10,
      optimizer: { name: 'sgd', learningRate: 0.1 },
      loss: 'softmax-cross-entropy',
      clipNorm: 0.001,
    } as const
    const { weights, trained } = await attacked({ kind: 'sign-flip', scale: 1 }, { plan })
    const jobs = trained(1)
    const longest = 0.001
    const clipped = jobs.map((job, client): QuickJob => {
      const norm = Math.hypot(...job.delta)
      return LIARS.includes(client)
        ? job
        : { ...job, delta: job.delta.map((value) => (value * longest) / norm) }
    })
    expectModel(weights, clipped, (_, own) => own.map((value) => -value))
  })

  test.each(['nan', 'infinity'] as const)(
    '%s gets past its own SDK, and is refused at the door',
    async (value) => {
      const { weights, rounds, trained } = await attacked({ kind: 'not-finite', value, share: 0.1 })
      const [round] = completed({ rounds })
      expect(round).toMatchObject({ received: CLIENTS - 2, failed: 2, attackers: 0 })
      // All have uploaded something of one size: it is the coordinator that refused two.
      expect((round?.bytesUp ?? 0) / CLIENTS).toBeGreaterThan(4 * weights.length)
      expect(weights.every(Number.isFinite)).toBe(true)
      const honest = trained(1).filter((_, client) => !LIARS.includes(client))
      const examples = honest.reduce((sum, { rows }) => sum + rows.length, 0)
      expect(round?.examples).toBe(examples)
    },
  )
})

describe('poisoned rows', () => {
  const trainedBy = async (attackers: Groups, rounds: number) => {
    const pool = createTrainingPool({ dataset, threads: 2 })
    try {
      return await run({ population: { attackers }, rounds }, { pool })
    } finally {
      await pool.close()
    }
  }

  test('a backdoor shows in the rounds in which it is planted, and in no other figure of honest clients’ making', async () => {
    const backdoor = { kind: 'backdoor', target: 7, boost: 'full', share: 0.5 } as const
    const { rounds, traits } = await trainedBy([{ attack: backdoor, clients: [2], rounds: { from: 3 } }], 4)
    const success = completed({ rounds }).map(({ attackSuccess = Number.NaN }) => attackSuccess)
    expect(Math.max(...success.slice(0, 2))).toBeLessThan(0.4)
    expect(Math.min(...success.slice(2))).toBeGreaterThan(0.8)
    expect(traits.map(({ attack }) => attack ?? 'honest')).toEqual(
      Array.from({ length: CLIENTS }, (_, client) => (client === 2 ? 'backdoor' : 'honest')),
    )
  }, 60_000)

  test('flipped labels make a worse model than honest ones', async () => {
    const everyThird = { attack: { kind: 'label-flip' } as const, share: 0.5 }
    const [honest, flipped] = [await trainedBy([], 4), await trainedBy([everyThird], 4)]
    expect(flipped.accuracy).toBeLessThan(honest.accuracy - 0.05)
  }, 60_000)
})

test('the client that FLTrust trusts takes part in every round, honest and never lost, by its number', async () => {
  const { population, ...result } = await run(
    {
      population: {
        dropout: { probability: 0.3 },
        attackers: [{ attack: { kind: 'free-rider', sigma: 1e-3 }, share: 0.9 }],
      },
      strategy: { name: 'fltrust', root: 5 },
      cohort: { target: 6, quorum: 2, overSelection: 1, trainingSeconds: 60 },
      rounds: 4,
    },
    { pool: quickPool() },
  )
  for (const { participants } of completed(result)) expect(participants).toContain('c00005')
  expect(population.attackOf(5, 1)).toBeUndefined()
  expect(completed(result)).toHaveLength(4)
})
