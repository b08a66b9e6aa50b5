import { openSqliteStore } from '@tributary/coordinator'
import { afterAll, describe, expect, test } from 'vitest'
import { loadDataset } from '../datasets/index.ts'
import { createTrainingPool } from '../training/pool.ts'
import type { Checkpoint, SeedNeeds, SeedResult } from './run-seed.ts'
import { lasting, PLAN, runScenario, smallScenario } from './scenario.builders.ts'
import { parseScenario, type ScenarioInput } from './scenario.ts'
import { SimulatedRound } from './simulated-round.ts'

const base = smallScenario({ plan: { ...PLAN, batchSize: 20 }, rounds: 7, checkpointEvery: 2 })

const dataset = await loadDataset(parseScenario(base).dataset)

const pools = {
  1: createTrainingPool({ dataset, threads: 1 }),
  2: createTrainingPool({ dataset, threads: 2 }),
}
afterAll(() => Promise.all(Object.values(pools).map((pool) => pool.close())))

const run = (
  changes: Partial<ScenarioInput>,
  { threads = 1, ...needs }: Partial<SeedNeeds> & { threads?: 1 | 2 } = {},
): Promise<SeedResult> => runScenario({ ...base, ...changes }, { dataset, pool: pools[threads], ...needs })

/** Every checkpoint of an undisturbed run, and its result. */
const undisturbed = async (changes: Partial<ScenarioInput> = {}) => {
  const kept: Checkpoint[] = []
  const result = await run(changes, { keep: (checkpoint) => void kept.push(structuredClone(checkpoint)) })
  return { kept, result }
}

describe('a run that is broken off', () => {
  test('goes on from any of its legs to the same bytes, on another number of threads', async () => {
    const { kept, result } = await undisturbed()
    expect(kept.map(({ legs, rounds }) => [legs, rounds.length])).toEqual([
      [1, 2],
      [2, 4],
      [3, 6],
    ])
    for (const from of kept) expect(lasting(await run({}, { from, threads: 2 }))).toEqual(lasting(result))
  }, 60_000)

  test.each<[string, Partial<ScenarioInput>]>([
    ['an optimizer of the server’s, with state', { strategy: { name: 'fedadam', serverLearningRate: 0.01 } }],
    ['vectors that clients keep', { strategy: { name: 'scaffold', population: 8 } }],
    ['a bound that follows the norms of earlier rounds', { strategy: { name: 'norm-bounding' } }],
    [
      'noise under trees, whose nodes are keyed by earlier rounds’ updates',
      {
        privacy: {
          mode: 'sealed',
          differentialPrivacy: {
            mechanism: 'dp-ftrl',
            roundsOfTree: 4,
            budget: { epsilon: 1_000, delta: 1e-5 },
            participation: { most: 10 },
            clipping: { kind: 'fixed', clipNorm: 1 },
            noiseMultiplier: 1,
          },
        },
      },
    ],
    [
      'what clients keep for sums of sums, which no leg cuts through',
      {
        strategy: { name: 'rfa', steps: 2 },
        privacy: { mode: 'secure-aggregation', audience: 'demo', corrupt: 0, range: 1 },
        checkpointEvery: 1,
      },
    ],
    [
      'devices that come, go and are lost, attackers that remember, and figures of all of that',
      {
        cohort: { target: 4, quorum: 2, overSelection: 1.5, selectionSeconds: 10, trainingSeconds: 30 },
        population: {
          availability: { kind: 'on-and-off', onMinutes: 20, offMinutes: 10 },
          dropout: { probability: 0.1 },
          crashes: { probability: 0.1, downSeconds: 30 },
          attackers: [
            { attack: { kind: 'stale-replay', roundsAgo: 1 }, clients: [0, 3] },
            { attack: { kind: 'backdoor', target: 7, boost: 3 }, clients: [5] },
          ],
        },
        watch: 'label',
      },
    ],
    [
      'models of the clients’ own, judged by rows they hold out',
      { personalization: { kind: 'ditto', lambda: 0.1 }, holdOut: 0.2 },
    ],
    ['masked updates', { privacy: { mode: 'secure-aggregation', audience: 'demo', corrupt: 0 } }],
  ])(
    'with %s',
    async (_, changes) => {
      const { kept, result } = await undisturbed({ ...changes, rounds: 5 })
      expect(kept).toHaveLength(2)
      for (const round of result.rounds)
        expect(SimulatedRound.parse(JSON.parse(JSON.stringify(round)))).toEqual(round)
      for (const from of kept)
        expect(lasting(await run({ ...changes, rounds: 5 }, { from }))).toEqual(lasting(result))
    },
    60_000,
  )

  test('whose rounds mostly come to nothing counts only those that complete', async () => {
    const cohort = { ...base.cohort, trainingSeconds: 3 }
    const changes = { cohort, costs: { msPerExample: 1, slowest: 30 } }
    const { kept, result } = await undisturbed(changes)
    expect(result.rounds.some(({ outcome }) => outcome === 'abandoned')).toBe(true)
    const [, from] = kept
    expect(lasting(await run(changes, { from: from as Checkpoint }))).toEqual(lasting(result))
  }, 60_000)
})

test('the tables may lie elsewhere: the bytes are the same, and are not kept', async () => {
  const store = await openSqliteStore({ path: ':memory:' })
  const { result } = await undisturbed()
  expect(lasting(await run({}, { store }))).toEqual(lasting(result))
  await expect(run({}, { store, keep() {} })).rejects.toThrow(RangeError)
  await store.close()
}, 60_000)

test('a run that is stopped at the end of a leg has kept it', async () => {
  const stopping = new AbortController()
  let kept: Checkpoint | undefined
  const stopped = await run(
    {},
    {
      signal: stopping.signal,
      told({ round }) {
        if (round === 4) stopping.abort()
      },
      keep: (checkpoint) => {
        kept = structuredClone(checkpoint)
      },
    },
  )
  expect([stopped.ended, stopped.rounds.length, kept?.rounds.length]).toEqual(['stopped', 4, 4])
  expect(lasting(await run({}, { from: kept as Checkpoint }))).toEqual(lasting((await undisturbed()).result))
}, 60_000)
