import { describe, expect, it } from 'vitest'
import { epochsOf, type Fate } from './fate.ts'
import { drawPopulation } from './population.ts'
import type { PopulationSpecInput } from './population-spec.ts'
import { PopulationSpec, traceFilesOf } from './population-spec.ts'

const phonesAndServers: PopulationSpecInput = {
  classes: [
    {
      name: 'phone',
      share: 0.75,
      speed: { kind: 'log-normal', median: 0.5, sigma: 0.5, most: 4 },
      memoryMB: 3_072,
    },
    {
      name: 'server',
      share: 0.25,
      speed: 8,
      downKbps: { kind: 'uniform', least: 50_000, most: 100_000 },
      upKbps: 40_000,
      latencyMs: { kind: 'exponential', mean: 10 },
      availability: { kind: 'always' },
    },
  ],
  availability: { kind: 'day-and-night' },
}

const everybody = (count: number) => Array.from({ length: count }, (_, client) => client)

describe('devices', () => {
  it('classes have their shares exactly, and each client its own draw', () => {
    const population = drawPopulation(phonesAndServers, 1_000, 'seed')
    const devices = everybody(1_000).map(population.device)
    const phones = devices.filter(({ className }) => className === 'phone')
    expect(phones.length).toBe(750)
    const logs = phones.map(({ speed }) => Math.log(speed / 0.5)).toSorted((a, b) => a - b)
    expect(Math.abs(logs[375] ?? 9)).toBeLessThan(5 * 1.2533 * (0.5 / Math.sqrt(750)))
    const deviation = Math.sqrt(logs.reduce((sum, log) => sum + log * log, 0) / 750)
    expect(Math.abs(deviation / 0.5 - 1)).toBeLessThan(5 / Math.sqrt(1_500))
    expect(Math.max(...phones.map(({ speed }) => speed))).toBeLessThanOrEqual(4)
    for (const { className, downKbps, memoryMB } of devices)
      if (className === 'server') expect(downKbps >= 50_000 && downKbps <= 100_000).toBe(true)
      else expect({ downKbps, memoryMB }).toEqual({ downKbps: 20_000, memoryMB: 3_072 })
  })

  it('shares that do not come out even are met to within one client', () => {
    const third = { share: 1 / 3 }
    const classes = [
      { name: 'a', ...third },
      { name: 'b', ...third },
      { name: 'c', ...third },
    ]
    const counts = new Map<string, number>()
    const population = drawPopulation({ classes }, 100, 1)
    for (const { className } of everybody(100).map(population.device))
      counts.set(className, (counts.get(className) ?? 0) + 1)
    expect([...counts.values()].toSorted()).toEqual([33, 33, 34])
  })

  it('work takes its time over speed; a transfer latency and bits over kbit/s', () => {
    const classes = [{ name: 'slow', share: 1, speed: 0.25, downKbps: 8_000, upKbps: 1_000, latencyMs: 40 }]
    const population = drawPopulation({ classes }, 1, 1)
    expect(population.trainMs(0, 1_000)).toBe(4_000)
    expect(population.downloadMs(0, 1_000_000)).toBe(1_040)
    expect(population.uploadMs(0, 1_000_000)).toBe(8_040)
  })

  it('every transfer has a latency of its own, of the mean asked for', () => {
    const classes = [{ name: 'far', share: 1, latencyMs: { kind: 'exponential' as const, mean: 80 } }]
    const population = drawPopulation({ classes }, 1, 1)
    const latencies = everybody(4_000).flatMap((transfer) => [
      population.downloadMs(0, 0, transfer),
      population.uploadMs(0, 0, transfer),
    ])
    expect(new Set(latencies).size).toBe(8_000)
    const mean = latencies.reduce((sum, value) => sum + value, 0) / 8_000
    expect(Math.abs(mean / 80 - 1)).toBeLessThan(5 / Math.sqrt(8_000))
    expect(population.downloadMs(0, 0, 7)).toBe(population.downloadMs(0, 0, 7))
  })

  it('a class has its own availability in place of the common one', () => {
    const population = drawPopulation(phonesAndServers, 100, 1)
    for (const client of everybody(100))
      expect(population.nextChange(client, 0) === Number.POSITIVE_INFINITY).toBe(
        population.device(client).className === 'server',
      )
  })

  it('10,000 clients are drawn in little memory, and the same again by the same seed', () => {
    const before = process.memoryUsage()
    const population = drawPopulation(phonesAndServers, 10_000, 3)
    const after = process.memoryUsage()
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(4_000_000)
    const again = drawPopulation(phonesAndServers, 10_000, 3)
    for (let client = 0; client < 10_000; client += 97)
      expect(again.device(client)).toEqual(population.device(client))
    expect(everybody(100).map(drawPopulation(phonesAndServers, 10_000, 4).device)).not.toEqual(
      everybody(100).map(population.device),
    )
  })
})

describe('fates', () => {
  const spec: PopulationSpecInput = {
    crashes: { probability: 0.05, downSeconds: 30 },
    dropout: { probability: 0.1, steps: { beforeTraining: 2, duringTraining: 1, afterTraining: 1 } },
    stragglers: { share: 0.4, slowdown: 3 },
  }
  const fates = (of: PopulationSpecInput, seed = 1): Fate[] => {
    const population = drawPopulation(of, 200, seed)
    return everybody(200).flatMap((client) =>
      everybody(100).map((round) => population.fateOf(client, round + 1)),
    )
  }
  const near = (count: number, probability: number, all = 20_000) =>
    expect(Math.abs(count - all * probability)).toBeLessThan(
      5 * Math.sqrt(all * probability * (1 - probability)),
    )

  it('befall as often as asked, at the steps asked', () => {
    const drawn = fates(spec)
    const counts = new Map<string, number>()
    for (const fate of drawn) {
      const key = fate.kind === 'drops' ? fate.step : fate.kind
      counts.set(key, (counts.get(key) ?? 0) + 1)
    }
    near(counts.get('crashes') ?? 0, 0.05)
    near(counts.get('before-training') ?? 0, 0.05)
    near(counts.get('during-training') ?? 0, 0.025)
    near(counts.get('after-training') ?? 0, 0.025)
    near(counts.get('straggles') ?? 0, 0.85 * 0.4)
    near(counts.get('trains') ?? 0, 0.85 * 0.6)
    for (const fate of drawn) {
      if (fate.kind === 'crashes') expect(fate.downMs).toBe(30_000)
      if (fate.kind === 'straggles') expect(fate.slowdown).toBe(3)
      if ('fraction' in fate) expect(fate.fraction >= 0 && fate.fraction < 1).toBe(true)
    }
  })

  it('depend on client, round and seed, and on nothing asked before', () => {
    const population = drawPopulation(spec, 200, 1)
    const backwards = everybody(200)
      .reverse()
      .map((client) => population.fateOf(client, 7))
    const forwards = drawPopulation(spec, 200, 1)
    expect(everybody(200).map((client) => forwards.fateOf(client, 7))).toEqual(backwards.reverse())
    expect(fates(spec, 2)).not.toEqual(fates(spec, 1))
  })

  it('a straggler trains for 1 to all epochs, all equally likely', () => {
    const epochs = [0, 0, 0, 0, 0]
    for (const fate of fates({ stragglers: { share: 1 } })) {
      const done = epochsOf(fate, 5)
      epochs[done - 1] = (epochs[done - 1] ?? 0) + 1
    }
    expect(epochs.length).toBe(5)
    for (const count of epochs) near(count, 0.2)
    for (const fate of fates({ stragglers: { share: 1, work: 'whole', slowdown: 5 } }))
      expect(epochsOf(fate, 5)).toBe(5)
  })

  it('the same clients straggle every round, or others', () => {
    const straggling = (who: 'same-clients' | 'each-round') => {
      const population = drawPopulation({ stragglers: { share: 0.5, who } }, 100, 1)
      return everybody(100).map(
        (client) =>
          everybody(20).filter((round) => population.fateOf(client, round).kind === 'straggles').length,
      )
    }
    expect(straggling('same-clients').every((rounds) => rounds === 0 || rounds === 20)).toBe(true)
    expect(straggling('each-round').some((rounds) => rounds > 0 && rounds < 20)).toBe(true)
  })
})

describe('attackers', () => {
  it('are as many as asked, or the ones named, in groups that share nobody', () => {
    const population = drawPopulation(
      {
        attackers: [
          { attack: { kind: 'sign-flip' }, share: 0.2 },
          { attack: { kind: 'huge' }, clients: [3, 7], rounds: { from: 5, to: 6 } },
        ],
      },
      50,
      1,
    )
    const [flippers = new Uint32Array(0), huge] = population.groups
    expect(flippers.length).toBe(10)
    expect(huge).toEqual(Uint32Array.of(3, 7))
    expect(flippers.includes(3) || flippers.includes(7)).toBe(false)
    for (const client of everybody(50)) {
      const flips = flippers.includes(client)
      expect(population.attackOf(client, 5)?.group).toBe(
        flips ? 0 : client === 3 || client === 7 ? 1 : undefined,
      )
      expect(population.attackOf(client, 7)?.attack.kind).toBe(flips ? 'sign-flip' : undefined)
      expect(population.attackOf(client, 4)?.attack.kind).toBe(flips ? 'sign-flip' : undefined)
    }
  })
})

it('the files of traces are named once each', () => {
  const trace = { kind: 'trace', file: 'a.json' } as const
  const classes = [{ name: 'a', share: 1, availability: trace }]
  expect(traceFilesOf(PopulationSpec.parse({ availability: trace, classes }))).toEqual(['a.json'])
})
