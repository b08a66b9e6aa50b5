import { describe, expect, it } from 'vitest'
import type * as z from 'zod'
import { drawPopulation } from '../population.ts'
import type { AvailabilitySpec } from './availability.ts'

const HOUR_MS = 3_600_000
/** 2026-01-01T00:00:00Z */
const START_MS = 1_767_225_600_000

type Spec = z.input<typeof AvailabilitySpec>
const presenceOf = (availability: Spec, clients = 50, traces: Record<string, unknown> = {}, seed = 1) =>
  drawPopulation({ availability }, clients, seed, { traces, startMs: START_MS })

const TRACES = {
  'phones.json': {
    periodSeconds: 86_400,
    devices: [[0, 3_600, 7_200, 86_400], [10.5, 20], [], [0, 86_400], [100, 86_400]],
  },
  'once.json': { devices: [[0, 3_600, 7_200, 10_800]] },
}
const SPECS: Spec[] = [
  { kind: 'always' },
  { kind: 'day-and-night' },
  { kind: 'day-and-night', atPeak: 1, offPeak: 0, edgeMinutes: 0 },
  {
    kind: 'day-and-night',
    peakHours: { from: 9, to: 17.5 },
    edgeMinutes: 239,
    timeZones: [
      { hoursAhead: -8, share: 1 },
      { hoursAhead: 5.5, share: 2 },
    ],
  },
  { kind: 'on-and-off', onMinutes: 30, offMinutes: 90 },
  { kind: 'on-and-off', onMinutes: 0.1, offMinutes: 600 },
  { kind: 'trace', file: 'phones.json' },
  { kind: 'trace', file: 'once.json' },
]

describe.each(SPECS)('%j', (spec) => {
  it('the state lasts until the next change and is the opposite from there, at any time and in any order of asking', () => {
    const population = presenceOf(spec, 20, TRACES)
    const again = presenceOf(spec, 20, TRACES)
    const walk: { client: number; at: number; there: boolean }[] = []
    for (let client = 0; client < 20; client++) {
      let at = START_MS + client * 5_000_003
      for (let change = 0; change < 12; change++) {
        const there = population.isAvailable(client, at)
        const next = population.nextChange(client, at)
        expect(next).toBeGreaterThan(at)
        if (next === Number.POSITIVE_INFINITY) break
        for (const part of [0.1, 0.999]) {
          const between = Math.min(Math.floor(at + part * (next - at)), next - 1)
          expect(population.isAvailable(client, between)).toBe(there)
          expect(population.nextChange(client, between)).toBe(next)
        }
        expect(population.isAvailable(client, next)).toBe(!there)
        walk.push({ client, at, there })
        at = next
      }
    }
    for (const { client, at, there } of walk.reverse()) expect(again.isAvailable(client, at)).toBe(there)
  })
})

/** Client hours in which `of` holds, of those looked at. */
const shareThere = (spec: Spec, hours: (hour: number) => boolean, clients = 400) => {
  const population = presenceOf(spec, clients)
  let [there, all] = [0, 0]
  for (let client = 0; client < clients; client++)
    for (let hour = 0; hour < 24 * 10; hour++) {
      if (!hours(hour % 24)) continue
      all++
      if (population.isAvailable(client, START_MS + hour * HOUR_MS)) there++
    }
  return { share: there / all, all }
}

describe('day and night', () => {
  it('has the shares asked for within the peak and outside, four times as many at night', () => {
    const spec: Spec = { kind: 'day-and-night', atPeak: 0.8, offPeak: 0.2 }
    /** A coin lasts through a window: 4,000 of each kind. */
    const night = shareThere(spec, (hour) => hour < 5)
    const day = shareThere(spec, (hour) => hour > 7 && hour < 21)
    expect(Math.abs(night.share - 0.8)).toBeLessThan(5 * Math.sqrt(0.16 / 4_000))
    expect(Math.abs(day.share - 0.2)).toBeLessThan(5 * Math.sqrt(0.16 / 4_000))
  })

  it('the peak is local: ten hours ahead it is over midnight UTC at noon', () => {
    const timeZones = [{ hoursAhead: 10, share: 1 }]
    const spec: Spec = { kind: 'day-and-night', atPeak: 1, offPeak: 0, edgeMinutes: 0, timeZones }
    expect(shareThere(spec, (hour) => hour >= 12 && hour < 20).share).toBe(1)
    expect(shareThere(spec, (hour) => hour < 12 || hour >= 20).share).toBe(0)
  })

  it('edges are not the same for all: within the hour about the edge some have begun', () => {
    const spec: Spec = { kind: 'day-and-night', atPeak: 1, offPeak: 0, edgeMinutes: 60 }
    const { share } = shareThere(spec, (hour) => hour === 22)
    expect(Math.abs(share - 0.5)).toBeLessThan(5 * Math.sqrt(0.25 / 4_000))
  })
})

describe('on and off', () => {
  it('durations are exponential with the means asked for, and independent', () => {
    const population = presenceOf({ kind: 'on-and-off', onMinutes: 20, offMinutes: 40 }, 100)
    const minutes = { on: [] as number[], off: [] as number[] }
    for (let client = 0; client < 100; client++) {
      let at = population.nextChange(client, START_MS)
      for (let change = 0; change < 60; change++) {
        const next = population.nextChange(client, at)
        minutes[population.isAvailable(client, at) ? 'on' : 'off'].push((next - at) / 60_000)
        at = next
      }
    }
    for (const [durations, expected] of [
      [minutes.on, 20],
      [minutes.off, 40],
    ] as const) {
      const { length } = durations
      const mean = durations.reduce((sum, value) => sum + value, 0) / length
      expect(length).toBe(3_000)
      expect(Math.abs(mean / expected - 1)).toBeLessThan(5 / Math.sqrt(length))
      /** Kolmogorov-Smirnov, at a level of about 1e-6. */
      const sorted = durations.toSorted((a, b) => a - b)
      const distance = Math.max(
        ...sorted.map((value, i) => Math.abs(1 - Math.exp(-value / expected) - (i + 0.5) / length)),
      )
      expect(distance).toBeLessThan(2.7 / Math.sqrt(length))
      const lagged = durations
        .slice(1)
        .reduce((sum, value, i) => sum + (value - mean) * ((durations[i] ?? 0) - mean), 0)
      expect(Math.abs(lagged / (length * expected * expected))).toBeLessThan(5 / Math.sqrt(length))
    }
  })

  it('is there on / (on + off) of the time', () => {
    const { share } = shareThere({ kind: 'on-and-off', onMinutes: 20, offMinutes: 60 }, () => true)
    expect(Math.abs(share - 0.25)).toBeLessThan(0.01)
  })
})

describe('trace', () => {
  it('is what the file says, from the start of the simulation, over and over', () => {
    const population = presenceOf({ kind: 'trace', file: 'phones.json', assign: 'in-order' }, 5, TRACES)
    const there = (client: number, seconds: number) =>
      population.isAvailable(client, START_MS + Math.round(seconds * 1_000))
    for (const day of [0, 86_400, 864_000]) {
      expect([0, 3_599.999, 3_600, 7_200, 86_399].map((at) => there(0, day + at))).toEqual([
        true,
        true,
        false,
        true,
        true,
      ])
      expect([10.499, 10.5, 19.999, 20].map((at) => there(1, day + at))).toEqual([false, true, true, false])
      expect(there(2, day)).toBe(false)
      expect(there(3, day)).toBe(true)
    }
    expect(population.nextChange(0, START_MS + 10_000_000)).toBe(START_MS + 90_000_000)
    expect(population.nextChange(3, START_MS)).toBe(Number.POSITIVE_INFINITY)
    expect(population.nextChange(4, START_MS + 200_000)).toBe(START_MS + 86_400_000)
  })

  it('without a period nobody is there after the last interval', () => {
    const population = presenceOf({ kind: 'trace', file: 'once.json' }, 1, TRACES)
    expect(population.isAvailable(0, START_MS + 10_799_999)).toBe(true)
    expect(population.nextChange(0, START_MS + 10_800_000)).toBe(Number.POSITIVE_INFINITY)
  })
})
