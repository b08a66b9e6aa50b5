import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadKernels, plainKernels } from '../kernels/index.ts'
import { systemRandom } from '../runtime/random.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { dequantizeSum, quantizeVector } from './quantize-vector.ts'
import {
  largestLevel,
  maskedBytes,
  segmentSpans,
  VectorLayout,
  vectorLength,
  weightScale,
} from './vector-layout.ts'

const layout = VectorLayout.parse({
  bits: 26,
  maxWeight: 100,
  segments: [
    { name: 'delta', length: 5, bound: 0.5, averagedBy: 'examples' },
    { name: 'control', length: 5, bound: 2, averagedBy: 'clients' },
    { name: 'loss', length: 1, bound: 16, averagedBy: 'examples' },
  ],
})
const simd = await loadKernels()

const value = (bound: number) => fc.double({ min: -bound, max: bound, noNaN: true }).map(Math.fround)
const client = fc.record({
  weight: fc.integer({ min: 1, max: 100 }),
  delta: fc.array(value(0.5), { minLength: 5, maxLength: 5 }),
  control: fc.array(value(2), { minLength: 5, maxLength: 5 }),
  loss: value(16),
})
const quantized = (
  { weight, ...values }: { weight: number; delta: number[]; control: number[]; loss: number },
  clients: number,
  kernels = plainKernels,
) =>
  quantizeVector({
    layout,
    clients,
    weight,
    values: {
      delta: Float32Array.from(values.delta),
      control: Float32Array.from(values.control),
      loss: Float32Array.of(values.loss),
    },
    kernels,
    random: seededRandom('rounding'),
  })

describe('a sum of quantized vectors', () => {
  test('[M8] is the weighted sum to a level a client, and its weight is exact', () => {
    fc.assert(
      fc.property(fc.array(client, { minLength: 1, maxLength: 40 }), (clients) => {
        const sum = new Uint32Array(vectorLength(layout))
        for (const each of clients) plainKernels.addMod32(sum, quantized(each, 40).words)
        const found = dequantizeSum({
          layout,
          clients: 40,
          survivors: clients.length,
          sum,
          kernels: plainKernels,
        })
        if (found.kind !== 'sum') return expect.fail(`it is ${found.kind}`)
        expect(found.examples).toBe(clients.reduce((total, { weight }) => total + weight, 0))
        const level = largestLevel(26, 40)
        const expectClose = (name: string, bound: number, exact: (at: number) => number) =>
          found.segments[name]?.sum.forEach((got, at) => {
            expect(Math.abs(got - exact(at))).toBeLessThan((clients.length * bound) / level + 1e-4)
          })
        expectClose('delta', 0.5, (at) =>
          clients.reduce((total, each) => total + (each.weight / 100) * (each.delta[at] ?? 0), 0),
        )
        expectClose('control', 2, (at) => clients.reduce((total, each) => total + (each.control[at] ?? 0), 0))
        expectClose('loss', 16, () =>
          clients.reduce((total, each) => total + (each.weight / 100) * each.loss, 0),
        )
        expect(found.segments.delta?.divisor).toBeCloseTo(found.examples / 100, 9)
        expect(found.segments.control?.divisor).toBe(clients.length)
      }),
      { numRuns: 50 },
    )
  })

  test('[M8] cannot overflow: the cohort at its largest levels stays below half the modulus, one client more would not', () => {
    for (const bits of [8, 16, 24, 26, 32])
      for (const clients of [2, 3, 20, 100]) {
        const level = largestLevel(bits, clients)
        expect(clients * level).toBeLessThan(2 ** (bits - 1))
        expect(clients * (level + 1)).toBeGreaterThanOrEqual(2 ** (bits - 1))
      }
    expect(largestLevel(32, 1_000)).toBe(2_147_483)
    const most = { weight: 100, delta: Array(5).fill(0.5), control: Array(5).fill(-2), loss: 16 }
    const sum = new Uint32Array(vectorLength(layout))
    for (let i = 0; i < 1_000; i++) plainKernels.addMod32(sum, quantized(most, 1_000).words)
    const found = dequantizeSum({ layout, clients: 1_000, survivors: 1_000, sum, kernels: plainKernels })
    if (found.kind !== 'sum') return expect.fail(`it is ${found.kind}`)
    expect(found.segments.delta?.sum[0]).toBeCloseTo(500, 3)
    expect(found.segments.control?.sum[4]).toBeCloseTo(-2_000, 3)
    expect(found.examples).toBe(100_000)
  })

  test('[M14] outside what so many clients can add up to is refused by the name of its segment', () => {
    const honest = quantized(
      { weight: 10, delta: [0, 0, 0, 0, 0], control: [0, 0, 0, 0, 0], loss: 1 },
      40,
    ).words
    const refusal = (at: number, level: number) => {
      const sum = honest.slice()
      sum[at] = level
      const found = dequantizeSum({ layout, clients: 40, survivors: 1, sum, kernels: plainKernels })
      return found.kind === 'out-of-range' ? found.segment : found.kind
    }
    const limit = largestLevel(26, 40)
    const places = Object.fromEntries(segmentSpans(layout).map(({ name, start }) => [name, start]))
    expect(refusal(places.delta ?? 0, limit)).toBe('sum')
    expect(refusal(places.delta ?? 0, limit + 1)).toBe('delta')
    expect(refusal(places.control ?? 0, -limit - 1)).toBe('control')
    expect(refusal(places.loss ?? 0, 2 ** 25)).toBe('loss')
    for (const weight of [0, -1, 101]) expect(refusal(0, weight)).toBe('weight')
  })
})

describe('a quantized vector', () => {
  const clientOne = { weight: 3, delta: [0.1, -0.2, 0.3, -0.4, 0.5], control: [1, 2, -1, -2, 0], loss: 0.25 }

  test('is the same by both kernels', () => {
    expect(quantized(clientOne, 10, simd)).toEqual(quantized(clientOne, 10))
  })

  test('is rounded by another draw each time, and right on average', () => {
    const one = (random = systemRandom()) =>
      quantizeVector({
        layout: VectorLayout.parse({
          bits: 8,
          maxWeight: 1,
          segments: [{ name: 'x', length: 4_000, bound: 1, averagedBy: 'clients' }],
        }),
        clients: 10,
        weight: 1,
        values: { x: new Float32Array(4_000).fill(0.31) },
        kernels: plainKernels,
        random,
      }).words
    const words = one()
    expect(words).not.toEqual(one())
    const mean = words.subarray(1).reduce((sum, word) => sum + word, 0) / 4_000
    expect(Math.abs(mean - 0.31 * 12)).toBeLessThan((6 * 0.5) / Math.sqrt(4_000))
  })

  test('holds values to their bound and counts them; more weight than the most counts as the most', () => {
    const over = quantized({ ...clientOne, weight: 1_000, delta: [0.6, -9, 0.5, 0, 0] }, 10)
    expect(over.clamped).toBe(2)
    expect(over.words[0]).toBe(100)
    expect(over.words.subarray(1, 4)).toEqual(
      Uint32Array.of(largestLevel(26, 10), -largestLevel(26, 10), largestLevel(26, 10)),
    )
  })

  test('a weight beyond the levels is scaled to them', () => {
    const heavy = VectorLayout.parse({ ...layout, bits: 16, maxWeight: 1_000_000 })
    expect(weightScale(heavy, 10)).toBeCloseTo(3_276 / 1_000_000, 12)
    expect(weightScale(layout, 10)).toBe(1)
  })

  test('of segments that do not fit is refused', () => {
    const given = (values: Record<string, Float32Array>, weight = 1, clients = 10) =>
      quantizeVector({ layout, clients, weight, values, kernels: plainKernels, random: seededRandom(1) })
    const five = new Float32Array(5)
    const right = { delta: five, control: five, loss: new Float32Array(1) }
    expect(() => given({ delta: five, control: five })).toThrow('3 segments, not 2')
    expect(() => given({ ...right, loss: five })).toThrow('segment loss has 1 values, not 5')
    expect(() => given({ delta: five, control: five, lost: five })).toThrow(
      'segment loss has 1 values, not none',
    )
    expect(() => given({ ...right, delta: Float32Array.of(0, 0, Number.NaN, 0, 0) })).toThrow(
      'segment delta has a value that is not finite',
    )
    for (const weight of [0, -1, 1.5, Number.NaN])
      expect(() => given(right, weight)).toThrow('whole number of examples')
    expect(() => given(right, 1, 2 ** 26)).toThrow('26 bits do not hold a sum over')
  })
})

describe('a layout', () => {
  test('of 26 bits takes 0.8125 of what float32 takes, for a thousand clients at 16-bit levels', () => {
    const large = VectorLayout.parse({
      bits: 26,
      maxWeight: 1_000,
      segments: [{ name: 'delta', length: 1_000_000, bound: 1, averagedBy: 'examples' }],
    })
    expect(maskedBytes(large) / 4_000_000).toBeLessThan(0.8126)
    expect(largestLevel(26, 1_000)).toBe(33_554)
  })

  test('names each segment once', () => {
    const [segment] = layout.segments
    expect(VectorLayout.safeParse({ ...layout, segments: [segment, segment] }).success).toBe(false)
  })
})
