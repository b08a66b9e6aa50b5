import { describe, expect, test } from 'vitest'
import { loadDataset } from '../datasets/index.ts'
import { describeRows, partition } from '../partitions/index.ts'
import { createTrainingPool } from '../training/pool.ts'
import { lasting, runScenario, smallScenario } from './scenario.builders.ts'
import { parseScenario, type ScenarioInput } from './scenario.ts'

const small = smallScenario()
const dataset = await loadDataset(parseScenario(small).dataset)

const run = ({ changes = {}, ...on }: { threads: number; changes?: Partial<ScenarioInput>; seed?: number }) =>
  runScenario({ ...small, ...changes }, { dataset, ...on })

describe('a scenario', () => {
  test('comes to the same bytes from the same seed on one, two and four threads, and to others from another', async () => {
    const [one, two, four, other] = [
      await run({ threads: 1 }),
      await run({ threads: 2 }),
      await run({ threads: 4 }),
      await run({ threads: 2, seed: 2 }),
    ]
    expect(lasting(two)).toEqual(lasting(one))
    expect(lasting(four)).toEqual(lasting(one))
    expect(other.modelDigest).not.toBe(one.modelDigest)
    expect(one.rounds.map(({ round, received }) => [round, received])).toEqual([
      [1, 4],
      [2, 4],
      [3, 4],
    ])
    const [first, , last] = one.rounds
    expect(last?.outcome === 'completed' && last.loss).toBeLessThan(
      (first?.outcome === 'completed' && first.loss) || 0,
    )
  }, 60_000)

  test('[R30] of buffered rounds waits for nobody, and comes to the same bytes on one thread and on two', async () => {
    const changes: Partial<ScenarioInput> = {
      cohort: { target: 2, quorum: 2 },
      costs: { msPerExample: 20, slowest: 30 },
      rounds: 8,
    }
    const mode = { kind: 'buffered', concurrency: 4 } as const
    const [one, two, waiting] = [
      await run({ threads: 1, changes: { ...changes, mode } }),
      await run({ threads: 2, changes: { ...changes, mode } }),
      await run({ threads: 2, changes: { ...changes, cohort: { target: 4, quorum: 4, overSelection: 1 } } }),
    ]
    expect(lasting(two)).toEqual(lasting(one))
    expect(one.rounds.map(({ received }) => received)).toEqual(Array.from({ length: 8 }, () => 2))
    const mean = ({ rounds }: typeof one) =>
      rounds.reduce((sum, { virtualSeconds }) => sum + virtualSeconds, 0) / rounds.length
    expect(mean(one)).toBeLessThan(mean(waiting) / 2)
  }, 60_000)

  test('with masked updates ends where it ends in the clear, within what the quantizer rounds', async () => {
    // All rows in one batch: masks draw from the clients' chance as shuffling does.
    const plan = { ...small.plan, batchSize: 1_000 }
    const clear = await run({ threads: 2, changes: { plan } })
    const masked = await run({
      threads: 2,
      changes: { plan, privacy: { mode: 'secure-aggregation', audience: 'demo', corrupt: 0 } },
    })
    expect(Math.abs(masked.loss - clear.loss)).toBeLessThan(1e-5)
    expect(masked.modelDigest).not.toBe(clear.modelDigest)
  }, 60_000)

  test('that trains by a robust rule or an optimizer of the server’s is one field away', async () => {
    const plain = await run({ threads: 2 })
    for (const strategy of [{ name: 'median' }, { name: 'fedadam', serverLearningRate: 0.01 }] as const) {
      const { rounds, modelDigest } = await run({ threads: 2, changes: { strategy } })
      expect(rounds.every(({ outcome }) => outcome === 'completed')).toBe(true)
      expect(modelDigest).not.toBe(plain.modelDigest)
    }
  }, 60_000)

  test('goes on without a client whose training throws: that client failed, and the run did not', async () => {
    const pool = createTrainingPool({ dataset, threads: 1 })
    const scenario = smallScenario({ cohort: { target: 6, quorum: 5, overSelection: 1 } })
    const described = describeRows(dataset.train, dataset.task)
    const [poisoned] = partition(described, parseScenario(scenario).partition, 1)
    const { rounds } = await runScenario(scenario, {
      dataset,
      pool: {
        ...pool,
        train: (job) =>
          job.rows.join() === poisoned?.join() ? Promise.reject(new Error('out of memory')) : pool.train(job),
      },
    })
    await pool.close()
    expect(rounds.map(({ outcome }) => outcome)).toEqual(['completed', 'completed', 'completed'])
    for (const { received, failed } of rounds) expect(received + failed).toBe(6)
    expect(rounds.some(({ failed }) => failed === 1)).toBe(true)
    expect(
      rounds.flatMap((round) => (round.outcome === 'completed' ? round.participants : [])),
    ).not.toContain('c00000')
  }, 60_000)

  test('leaves nothing under way when it is stopped, and has the rounds that were', async () => {
    const stopping = new AbortController()
    const { rounds } = await runScenario(smallScenario({ rounds: 50 }), {
      dataset,
      threads: 1,
      told: () => stopping.abort(),
      signal: stopping.signal,
    })
    expect(rounds).toHaveLength(1)
  }, 60_000)

  test('that no round of which can be held says why, and does not go on for ever', async () => {
    const changes = { cohort: { target: 4, quorum: 4, overSelection: 1, trainingSeconds: 0.001 } }
    await expect(run({ threads: 1, changes })).rejects.toThrow(/rounds come to nothing: no-quorum/)
  }, 60_000)
})

describe('a scenario’s mistakes', () => {
  test('are told all at once, each with its path', () => {
    const wrong = {
      ...small,
      rounds: 0,
      partition: { kind: 'dirichlet', clients: 5, alpha: -1 },
      colour: 'red',
    }
    const mistakes = (() => {
      try {
        parseScenario(wrong)
        return ''
      } catch (error) {
        return String(error)
      }
    })()
    for (const part of ['rounds', 'partition.alpha', 'colour']) expect(mistakes).toContain(part)
  })

  test('of model and data are told before work begins', async () => {
    const changes = { model: { kind: 'cnn' as const }, dataset: { name: 'adult' as const } }
    expect(() => parseScenario({ ...small, ...changes })).not.toThrow()
    await expect(
      run({ threads: 1, changes: { partition: { kind: 'iid', clients: 1_000_000 } } }),
    ).rejects.toThrow(/clients/)
  })
})
