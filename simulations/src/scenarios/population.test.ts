import { describe, expect, test } from 'vitest'
import { epochsOf } from '../population/index.ts'
import { createTrainingPool } from '../training/pool.ts'
import { clientChance, identityBy } from '../world/client-chance.ts'
import { EPOCH_MS } from '../world/world.ts'
import { clientName } from './client-name.ts'
import { aScenario, CLIENTS, completed, dataset, numberOf, quickPool, run } from './population.builders.ts'
import type { ScenarioInput } from './scenario.ts'

/** Device i is there in these seconds. */
const traced = (devices: number[][]) => ({
  population: { availability: { kind: 'trace', file: 'a.json', assign: 'in-order' } } as const,
  traces: { 'a.json': { devices } },
})
const FOREVER = [0, 1e9]

describe('who is there', () => {
  test('a client that is never there is never invited, and rounds are held with the others', async () => {
    const { population, traces } = traced(Array.from({ length: CLIENTS }, (_, i) => (i < 5 ? FOREVER : [])))
    const { invited, ...result } = await run({ population }, { pool: quickPool(), traces })
    const there = new Set(
      Array.from({ length: 5 }, (_, i) => identityBy(clientChance(1, clientName(i))).clientId),
    )
    expect(invited.size).toBe(3)
    for (const clients of invited.values()) expect(clients).toEqual(there)
    for (const { received } of completed(result)) expect(received).toBe(5)
  })

  test('of clients that come and go, those are invited that are there, or were until the word of it was on its way', async () => {
    const availability = { kind: 'on-and-off', onMinutes: 1, offMinutes: 2 } as const
    const cohort = { target: 4, quorum: 2, overSelection: 1, selectionSeconds: 5, trainingSeconds: 90 }
    const costs = { msPerExample: 100 }
    const { invited, saved, population } = await run(
      { population: { availability }, cohort, costs, rounds: 8 },
      { pool: quickPool() },
    )
    const numberBy = new Map<string, number>(
      Array.from({ length: CLIENTS }, (_, i) => [identityBy(clientChance(1, clientName(i))).clientId, i]),
    )
    const begun = saved.flatMap((round) => (round.phase === 'training' ? [round] : []))
    let asked = 0
    for (const { id, startedAt } of begun)
      for (const client of invited.get(id) ?? []) {
        asked += 1
        const number = numberBy.get(client) ?? -1
        const lately = [0, 100, 200].map((ms) => population.isAvailable(number, startedAt - ms))
        expect(lately).toContain(true)
      }
    expect(asked).toBeGreaterThan(8)
  })

  test('a client whose time ends leaves, in a round too: the coordinator is told, and counts nothing of it', async () => {
    const { population, traces } = traced(
      Array.from({ length: CLIENTS }, (_, i) => (i < 8 ? FOREVER : [0, 20])),
    )
    // Some 45 examples a client, and a second for each: nobody is done within 20.
    const { rounds } = await run(
      {
        population,
        costs: { msPerExample: 1_000 },
        cohort: { ...aScenario().cohort, trainingSeconds: 9_000 },
      },
      { pool: quickPool(), traces },
    )
    expect(rounds.map(({ cohort, received, failed }) => [cohort, received, failed])).toEqual([
      [12, 8, 4],
      [8, 8, 0],
      [8, 8, 0],
    ])
  })

  test('where too few are there a round waits for more, and where no more will come that is said', async () => {
    const late = Array.from({ length: CLIENTS }, (_, i) => (i < 3 ? FOREVER : [600 + i, 1e9]))
    const cohort = { ...aScenario().cohort, target: 6, quorum: 6 }
    const held = traced(late)
    const { saved } = await run(
      { population: held.population, cohort },
      { pool: quickPool(), traces: held.traces },
    )
    const [first] = saved.flatMap((round) => (round.phase === 'training' ? [round] : []))
    expect((first?.startedAt ?? 0) - EPOCH_MS).toBeGreaterThan(605_000)
    const never = traced(Array.from({ length: CLIENTS }, (_, i) => (i < 3 ? FOREVER : [])))
    await expect(
      run({ population: never.population, cohort }, { pool: quickPool(), traces: never.traces }),
    ).rejects.toThrow('fewer than 6 clients are there, and no more will come')
  })
})

describe('buffered rounds', () => {
  const mode = { kind: 'buffered', concurrency: 6 } as const
  const cohort = { target: 6, quorum: 6, trainingSeconds: 300, selectionSeconds: 5 }

  test('have those come who are there later, while the round goes on', async () => {
    const { population, traces } = traced(
      Array.from({ length: CLIENTS }, (_, i) => (i < 3 ? FOREVER : [60, 1e9])),
    )
    const { rounds } = await run({ population, mode, cohort }, { pool: quickPool(), traces })
    expect(rounds.map(({ received }) => received)).toEqual([6, 6, 6])
    expect(rounds[0]?.virtualSeconds).toBeGreaterThan(60)
    expect(rounds[0]?.virtualSeconds).toBeLessThan(90)
  })

  test('give the place of one that leaves to another that is there', async () => {
    // The line has eight places: who is left out of the draw comes when others have gone for ever.
    const { population, traces } = traced(
      Array.from({ length: CLIENTS }, (_, i) => (i < 4 ? FOREVER : [0, 20])),
    )
    const { rounds } = await run(
      {
        population,
        mode: { kind: 'buffered', concurrency: 4 },
        cohort: { ...cohort, target: 4, quorum: 4, trainingSeconds: 9_000 },
        costs: { msPerExample: 1_000 },
      },
      { pool: quickPool(), traces },
    )
    expect(rounds.map(({ outcome, received }) => [outcome, received])).toEqual(
      Array(3).fill(['completed', 4]),
    )
  })

  test('rest while too few are there, and go on when there are enough', async () => {
    const day = 86_400
    const { population, traces } = traced(
      Array.from({ length: CLIENTS }, (_, i) => (i === 0 ? FOREVER : [0, 50 + i, day, 1e9])),
    )
    const { rounds, saved } = await run(
      { population, mode, cohort, rounds: 20, costs: { msPerExample: 20 } },
      { pool: quickPool(), traces },
    )
    const inVain = rounds.filter(({ outcome }) => outcome === 'abandoned')
    expect(rounds.length - inVain.length).toBe(20)
    expect(inVain).toHaveLength(1)
    const ended = Math.max(...saved.map((round) => ('endedAt' in round ? round.endedAt : 0)))
    expect((ended - EPOCH_MS) / 1_000).toBeGreaterThan(day)
    expect((ended - EPOCH_MS) / 1_000).toBeLessThan(day + 600)
  })

  test('for which no more will come end with that', async () => {
    const { population, traces } = traced(Array.from({ length: CLIENTS }, (_, i) => (i < 3 ? FOREVER : [])))
    await expect(run({ population, mode, cohort }, { pool: quickPool(), traces })).rejects.toThrow(
      'fewer than 6 clients are there, and no more will come',
    )
  })

  test('lose no buffer where clients come and go, and a few are there at a time', async () => {
    const availability = { kind: 'on-and-off', onMinutes: 1, offMinutes: 3 } as const
    const { rounds } = await run(
      {
        population: { availability },
        mode: { kind: 'buffered', concurrency: 3 },
        cohort: { target: 3, quorum: 3, trainingSeconds: 300, selectionSeconds: 5 },
        costs: { msPerExample: 30 },
        rounds: 30,
      },
      { pool: quickPool() },
    )
    expect(rounds.map(({ outcome }) => outcome)).toEqual(Array(30).fill('completed'))
  })
})

describe('what befalls clients', () => {
  test.each(['beforeTraining', 'duringTraining', 'afterTraining'] as const)(
    'one that drops out (%s) is never counted, says nothing, and is back in the next round',
    async (step) => {
      const steps = { beforeTraining: 0, duringTraining: 0, afterTraining: 0, [step]: 1 }
      const pool = quickPool()
      const result = await run({ population: { dropout: { probability: 0.3, steps } } }, { pool })
      let trained = 0
      for (const { round, participants, failed, virtualSeconds } of completed(result)) {
        const kept = Array.from({ length: CLIENTS }, (_, i) => i).filter(
          (client) => result.population.fateOf(client, round).kind === 'trains',
        )
        expect(participants.map(numberOf)).toEqual(kept)
        expect(failed).toBe(0)
        if (kept.length < CLIENTS) expect(virtualSeconds).toBe(120)
        trained += kept.length
      }
      expect(trained).toBeLessThan(3 * CLIENTS)
      expect(pool.jobs.length).toBe(trained)
    },
  )

  test('one that crashes comes back to its round from the beginning, and does not crash twice in it', async () => {
    const pool = quickPool()
    const result = await run(
      { population: { crashes: { probability: 0.5, downSeconds: 7 } }, rounds: 1 },
      { pool },
    )
    const [round] = completed(result)
    expect(round?.received).toBe(CLIENTS)
    expect(round?.virtualSeconds).toBeGreaterThan(7)
    expect(round?.virtualSeconds).toBeLessThan(60)
    expect(pool.jobs.length).toBe(CLIENTS)
  })

  test('one that crashes comes back to its round also where it has nothing to train on in the next', async () => {
    const phases = ['01234', '56789'].map((labels, at) => ({
      fromRound: at + 1,
      by: 'label',
      names: [...labels],
    }))
    const { rounds } = await run(
      {
        partition: { kind: 'natural', by: 'label' },
        phases,
        rounds: 1,
        population: { crashes: { probability: 1, downSeconds: 7 } },
      },
      { pool: quickPool() },
    )
    expect(rounds.map(({ outcome, received }) => [outcome, received])).toEqual([['completed', 5]])
  })

  test('what a client keeps from round to round is gone once it has crashed', async () => {
    const strategy = { name: 'scaffold', population: CLIENTS } as const
    const corrected = async (population: ScenarioInput['population']) => {
      const pool = quickPool()
      await run({ population, strategy, rounds: 2 }, { pool })
      return pool.jobs.slice(CLIENTS).map(({ correction }) => correction ?? new Float32Array(1))
    }
    // In the second round the correction is c − cᵢ: of one that has lost its cᵢ it is c, for all the same.
    const same = (corrections: Float32Array[]) => new Set(corrections.map((values) => values.join())).size
    expect(same(await corrected({}))).toBe(CLIENTS)
    expect(same(await corrected({ crashes: { probability: 1, downSeconds: 1 } }))).toBe(1)
  })

  test('a straggler that does a part trains for as many epochs as it came to, and claims as many steps', async () => {
    const pool = quickPool()
    const result = await run(
      { population: { stragglers: { share: 0.7 } }, strategy: { name: 'fednova' }, rounds: 1 },
      { pool },
    )
    const { population, parts } = result
    const [round] = completed(result)
    const epochs = parts.map((_, client) => epochsOf(population.fateOf(client, 1), 4))
    const trained = parts.map((rows) => pool.jobs.find((job) => job.rows === rows)?.plan.epochs)
    expect(trained).toEqual(epochs)
    expect(new Set(epochs).size).toBeGreaterThan(2)
    const examples = parts.reduce((sum, rows) => sum + rows.length, 0)
    const steps = parts.reduce(
      (sum, rows, client) => sum + rows.length * (epochs[client] ?? 0) * Math.ceil(rows.length / 10),
      0,
    )
    expect(round?.metrics.steps).toBeCloseTo(steps / examples, 6)
  })

  test('a straggler that does all is late by its slowdown', async () => {
    const seconds = async (population: ScenarioInput['population']) =>
      completed(await run({ population, rounds: 1, costs: { msPerExample: 50 } }, { pool: quickPool() }))[0]
        ?.virtualSeconds ?? 0
    const slow = await seconds({ stragglers: { share: 1, work: 'whole', slowdown: 3 } })
    expect(slow / (await seconds({}))).toBeGreaterThan(2.5)
  })
})

describe('devices', () => {
  const secondsOf = async (of: object) => {
    const population = { classes: [{ name: 'all', share: 1, latencyMs: 1, ...of }] }
    const result = await run({ population, rounds: 1, costs: { msPerExample: 50 } }, { pool: quickPool() })
    const [round] = completed(result)
    if (!round) throw new Error('no round completed')
    return { seconds: round.virtualSeconds, up: round.bytesUp, down: round.bytesDown, result }
  }

  test('of half the speed take twice as long, and bytes take what the bandwidth says', async () => {
    const quick = await secondsOf({ upKbps: 1e9, downKbps: 1e9 })
    const slow = await secondsOf({ upKbps: 1e9, downKbps: 1e9, speed: 0.5 })
    const narrow = await secondsOf({ upKbps: 10, downKbps: 20 })
    const trainSeconds = (Math.max(...quick.result.parts.map((rows) => rows.length)) * 4 * 50) / 1_000
    expect(slow.seconds - quick.seconds).toBeCloseTo(trainSeconds, 0)
    const [up, down] = [(8 * narrow.up) / CLIENTS / 10_000, (8 * narrow.down) / CLIENTS / 20_000]
    expect(narrow.seconds - quick.seconds).toBeCloseTo(up + down, 0)
  })

  test('are told in the results, with their memory', async () => {
    const { result } = await secondsOf({ memoryMB: 512 })
    expect(result.traits).toEqual(Array(CLIENTS).fill({ device: 'all', memoryMB: 512 }))
  })

  test('every client downloads for itself', async () => {
    const { down, result } = await secondsOf({})
    expect(down).toBeGreaterThan(CLIENTS * result.model.length)
  })
})

const everything: ScenarioInput['population'] = {
  classes: [
    { name: 'phone', share: 0.75, speed: { kind: 'log-normal', median: 0.5, sigma: 0.5 }, upKbps: 800 },
    { name: 'laptop', share: 0.25, speed: 4, availability: { kind: 'always' } },
  ],
  availability: { kind: 'on-and-off', onMinutes: 2, offMinutes: 1 },
  dropout: { probability: 0.1 },
  crashes: { probability: 0.1, downSeconds: 3 },
  stragglers: { share: 0.4, slowdown: 2 },
  attackers: [
    { attack: { kind: 'min-max' }, share: 0.1 },
    { attack: { kind: 'label-flip' }, share: 0.1 },
    { attack: { kind: 'backdoor', target: 3, boost: 2 }, clients: [0] },
    { attack: { kind: 'little-is-enough' }, share: 0.1, rounds: { from: 2 } },
    { attack: { kind: 'not-finite' }, clients: [1] },
    { attack: { kind: 'stale-replay' }, clients: [2] },
  ],
}

test('a scenario in which everything happens at once comes to the same bytes on one thread and on two', async () => {
  const on = async (threads: number) => {
    const pool = createTrainingPool({ dataset, threads })
    try {
      return await run(
        {
          population: everything,
          cohort: { target: 6, quorum: 2, overSelection: 1.2, trainingSeconds: 60, selectionSeconds: 5 },
          rounds: 4,
        },
        { pool },
      )
    } finally {
      await pool.close()
    }
  }
  /** What does not say how long anything really took. */
  const lasting = ({ rounds, modelDigest }: Awaited<ReturnType<typeof on>>) => ({
    rounds: rounds.map(({ seconds: _, ...round }) => round),
    modelDigest,
  })
  const [one, two] = [await on(1), await on(2)]
  expect(lasting(two)).toEqual(lasting(one))
  const rounds = completed(one)
  expect(rounds.some(({ failed }) => failed > 0)).toBe(true)
  expect(rounds.some(({ attackers = 0 }) => attackers > 0)).toBe(true)
  expect(rounds.every(({ attackSuccess }) => attackSuccess !== undefined)).toBe(true)
}, 120_000)
