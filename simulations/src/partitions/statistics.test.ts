import { seededRandom } from '@tributary/protocols/runtime'
import { describe, expect, it } from 'vitest'
import { drawDirichlet } from './draw-dirichlet.ts'
import { holdingsOf } from './holdings.ts'
import { rowsOf } from './partition.arbitraries.ts'
import { partition } from './partition.ts'

const LABELS = 10
const rows = rowsOf({ label: Array.from({ length: 6_000 }, (_, row) => row % LABELS), labels: LABELS })
const labels = rows.categories.label ?? { names: [], of: [] }
const seeds = (count: number) => Array.from({ length: count }, (_, seed) => seed)
const held = (spec: Parameters<typeof partition>[1], seed: number) =>
  holdingsOf(partition(rows, spec, seed), labels).counts
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length
const variance = (values: readonly number[]) => {
  const middle = mean(values)
  return mean(values.map((value) => (value - middle) ** 2))
}
const labelsHeld = (counts: readonly number[]) => counts.filter((count) => count > 0).length

describe('IID', () => {
  it('passes a chi-squared test of independence of client and label', () => {
    const clients = 20
    const statistics = seeds(60).map((seed) =>
      held({ kind: 'iid', clients }, seed)
        .flat()
        .reduce((sum, count) => sum + (count - 30) ** 2 / 30, 0),
    )
    // Mean of the distribution: its degrees of freedom, 19 × 9 = 171; its deviation √(2 · 171) = 18.5, of a mean of 60, 2.4.
    expect(Math.abs(mean(statistics) - 171)).toBeLessThan(4 * 2.4)
    expect(Math.sqrt(variance(statistics))).toBeGreaterThan(12)
    expect(Math.sqrt(variance(statistics))).toBeLessThan(26)
  })

  it('sizes differ by one at most', () => {
    const sizes = partition(rows, { kind: 'iid', clients: 7 }, 1).map((part) => part.length)
    expect([Math.max(...sizes), Math.min(...sizes)]).toEqual([858, 857])
  })
})

describe('a Dirichlet draw', () => {
  it.each([
    [0.05, 0.05, 0.05],
    [0.5, 1, 3],
    [100, 100],
  ])('has the means and variances of its formula (%s, %s, …)', (...alphas) => {
    const random = seededRandom('dirichlet moments')
    const draws = Array.from({ length: 8_000 }, () => drawDirichlet(random, alphas))
    const total = alphas.reduce((a, b) => a + b, 0)
    for (const [i, alpha] of alphas.entries()) {
      const own = draws.map((draw) => draw[i] ?? Number.NaN)
      const expected = ((alpha / total) * (1 - alpha / total)) / (total + 1)
      expect(Math.abs(mean(own) - alpha / total)).toBeLessThan(5 * Math.sqrt(expected / 8_000))
      expect(variance(own) / expected).toBeGreaterThan(0.9)
      expect(variance(own) / expected).toBeLessThan(1.1)
    }
  })

  it('sums to 1 and gives nearly all to one where the concentrations are tiny', () => {
    const random = seededRandom('tiny')
    const draws = seeds(200).map(() => drawDirichlet(random, Array(50).fill(0.001)))
    for (const draw of draws) expect(draw.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
    // Two draws of a label agree with chance Σp², on average (α + 1) / (Kα + 1) = 0.953.
    const agreeing = mean(draws.map((draw) => draw.reduce((sum, share) => sum + share * share, 0)))
    expect(Math.abs(agreeing - 1.001 / 1.05)).toBeLessThan(0.03)
  })
})

describe('Dirichlet by label', () => {
  it.each([0.1, 1, 10])('shares have mean 1/C and variance (1/C)(1 − 1/C)/(Cα + 1), α = %s', (alpha) => {
    const clients = 8
    const shares = seeds(60).flatMap((seed) =>
      held({ kind: 'dirichlet', clients, alpha, minimumSize: 0 }, seed).flatMap((counts) =>
        counts.map((count) => count / 600),
      ),
    )
    const expected = ((1 / clients) * (1 - 1 / clients)) / (clients * alpha + 1)
    expect(mean(shares)).toBeCloseTo(1 / clients, 12)
    expect(variance(shares) / expected).toBeGreaterThan(0.85)
    expect(variance(shares) / expected).toBeLessThan(1.15)
  })

  it('with a concentration for each client has sizes in proportion to them', () => {
    const sizes = seeds(60).map((seed) =>
      partition(rows, { kind: 'dirichlet', clients: 3, alpha: [1, 2, 5], minimumSize: 0 }, seed).map(
        (p) => p.length,
      ),
    )
    const means = [0, 1, 2].map((client) => mean(sizes.map((size) => (size[client] ?? 0) / 6_000)))
    for (const [client, share] of [1 / 8, 2 / 8, 5 / 8].entries()) expect(means[client]).toBeCloseTo(share, 1)
  })

  it('keeps its minimum', () => {
    const sizes = partition(rows, { kind: 'dirichlet', clients: 10, alpha: 0.3, minimumSize: 200 }, 1)
    expect(Math.min(...sizes.map((part) => part.length))).toBeGreaterThanOrEqual(200)
  })

  it('that balances itself has sizes closer together', () => {
    const spread = (selfBalancing: boolean) =>
      mean(
        seeds(20).map((seed) =>
          variance(
            partition(rows, { kind: 'dirichlet', clients: 10, alpha: 0.3, selfBalancing }, seed).map(
              (p) => p.length,
            ),
          ),
        ),
      )
    expect(spread(true)).toBeLessThan(0.6 * spread(false))
  })
})

describe('inner Dirichlet', () => {
  it('has the sizes it was given, and labels of its concentration: few at 0.05, all at 100', () => {
    const sizes = [300, 200, 100]
    const of = (alpha: number) => held({ kind: 'inner-dirichlet', sizes, alpha }, 3)
    expect(of(0.05).map((counts) => counts.reduce((a, b) => a + b, 0))).toEqual(sizes)
    expect(Math.max(...of(0.05).map(labelsHeld))).toBeLessThan(7)
    expect(of(100).map(labelsHeld)).toEqual([10, 10, 10])
  })

  it('shares of a client have the variance of its own draw and of its rows', () => {
    const [alpha, size] = [1, 50]
    const shares = seeds(300).flatMap((seed) =>
      held({ kind: 'inner-dirichlet', sizes: [size], alpha }, seed).flatMap((counts) =>
        counts.map((c) => c / size),
      ),
    )
    // Dirichlet-multinomial: p(1 − p)/n · (n + Σα)/(1 + Σα).
    const expected = ((0.1 * 0.9) / size) * ((size + LABELS * alpha) / (1 + LABELS * alpha))
    expect(variance(shares) / expected).toBeGreaterThan(0.88)
    expect(variance(shares) / expected).toBeLessThan(1.12)
  })
})

describe('sizes', () => {
  const sizesBy = (spec: Parameters<typeof partition>[1]) =>
    partition(rows, spec, 1).map((part) => part.length)

  it('are in proportion to 1, 2, 3, …', () => {
    expect(sizesBy({ kind: 'linear', clients: 4 })).toEqual([600, 1_200, 1_800, 2_400])
  })
  it('are in proportion to 1, 4, 9, …', () => {
    expect(sizesBy({ kind: 'square', clients: 4 })).toEqual([200, 800, 1_800, 3_200])
  })
  it('are in proportion to 1, e, e², …, or the powers of another base', () => {
    expect(sizesBy({ kind: 'exponential', clients: 3 })).toEqual([540, 1_468, 3_992])
    expect(sizesBy({ kind: 'exponential', clients: 4, base: 2 })).toEqual([400, 800, 1_600, 3_200])
  })
  it('of a Dirichlet draw have its variance, the labels alike', () => {
    const spec = { kind: 'size-dirichlet', clients: 8, alpha: 2, minimumSize: 0 } as const
    const shares = seeds(200).flatMap((seed) =>
      partition(rows, spec, seed).map((part) => part.length / 6_000),
    )
    expect(variance(shares) / (((1 / 8) * (7 / 8)) / 17)).toBeGreaterThan(0.88)
    expect(variance(shares) / (((1 / 8) * (7 / 8)) / 17)).toBeLessThan(1.12)
  })
})

describe('labels of a client', () => {
  it('are few where two shards of sorted rows are dealt', () => {
    const counts = held({ kind: 'shards', clients: 50 }, 1)
    expect(counts.map((own) => own.reduce((a, b) => a + b, 0))).toEqual(Array(50).fill(120))
    expect(counts.map(labelsHeld).every((labels) => labels <= 2)).toBe(true)
    expect(counts.some((own) => labelsHeld(own) === 2)).toBe(true)
  })

  it.each(['random', 'in-turn', 'first-in-turn'] as const)('are exactly three (%s)', (assignment) => {
    const counts = held({ kind: 'label-count', clients: 12, labelsPerClient: 3, assignment }, 1)
    expect(counts.map(labelsHeld)).toEqual(Array(12).fill(3))
    for (let label = 0; label < LABELS; label++) {
      const dealt = counts.map((own) => own[label] ?? 0).filter((count) => count > 0)
      expect(Math.max(...dealt) - Math.min(...dealt)).toBeLessThanOrEqual(1)
    }
  })

  it('in turn are their number and the next ones', () => {
    const counts = held({ kind: 'label-count', clients: 10, labelsPerClient: 2, assignment: 'in-turn' }, 1)
    expect(counts.map((own) => own.flatMap((count, label) => (count > 0 ? [label] : [])))).toEqual(
      seeds(10).map((client) => [client, (client + 1) % 10].sort((a, b) => a - b)),
    )
  })

  it('are all held by somebody, even where there are as many places as labels', () => {
    for (const seed of seeds(40)) {
      const counts = held({ kind: 'label-count', clients: 10, labelsPerClient: 1 }, seed)
      expect(counts.map((own) => own.findIndex((count) => count > 0)).sort((a, b) => a - b)).toEqual(
        seeds(10),
      )
    }
  })

  it('by a distribution are two, the rows of each in proportion to the weights', () => {
    const of = Array.from({ length: LABELS }, () => [1, 3])
    const counts = held(
      { kind: 'distribution', clients: 10, minimumPerLabel: 0, weights: { kind: 'given', of } },
      1,
    )
    expect(counts[0]?.slice(0, 3)).toEqual([150, 150, 0])
    expect(counts[9]).toEqual([450, 0, 0, 0, 0, 0, 0, 0, 0, 450])
    expect(counts.map(labelsHeld)).toEqual(Array(10).fill(2))
  })

  it('by log-normal weights of two labels make a power law, as in FedProx', () => {
    const sizes = partition(rows, { kind: 'distribution', clients: 200 }, 1).map((part) => part.length)
    const sorted = sizes.toSorted((a, b) => a - b)
    expect(sorted[100] ?? 0).toBeLessThan(0.6 * mean(sizes))
    expect(sorted[199] ?? 0).toBeGreaterThan(5 * mean(sizes))
  })
})

describe('a number', () => {
  const rangesBy = (strictness: number) =>
    partition(rows, { kind: 'continuous', clients: 10, by: 'age', strictness }, 1).map(
      (part) => (part.at(-1) ?? 0) - (part[0] ?? 0),
    )

  it('makes clients of consecutive ranges at strictness 1', () => {
    expect(rangesBy(1)).toEqual(Array(10).fill(599))
  })
  it('blurs between, and decides nothing at strictness 0', () => {
    expect(mean(rangesBy(0.8))).toBeGreaterThan(700)
    expect(mean(rangesBy(0.8))).toBeLessThan(4_500)
    expect(mean(rangesBy(0))).toBeGreaterThan(5_900)
  })
})
