/** The claim of a round against the round itself: what is released is measured, never what was meant to be added. */
import { auditedEpsilon, createCentralSum, gaussianEpsilon } from '@tributary/protocols/privacy'
import { seededRandom, uniform } from '@tributary/protocols/runtime'
import type { TaskFileInput } from '@tributary/protocols/task'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import { anAggregation, type Upload, type Wishes } from './aggregation.builders.ts'

const CLIP = 0.5
const QUORUM = 4

const noised = (
  parameters: number,
  noiseMultiplier: number,
  mechanism: { mechanism: 'central' } | { mechanism: 'dp-ftrl'; roundsOfTree: number } = {
    mechanism: 'central',
  },
) => {
  const model: TaskFileInput['model'] = {
    format: 'custom',
    trainer: 'linear',
    tensors: [{ name: 'w', shape: [parameters], dtype: 'F32' }],
    initial: { kind: 'seeded', seed: 7 },
  }
  const differentialPrivacy = {
    ...mechanism,
    budget: { epsilon: 100, delta: 1e-5 },
    participation: { most: 3 },
    clipping: { kind: 'fixed', clipNorm: CLIP },
    noiseMultiplier,
  } as const
  return aTask('digits', {
    file: { model, cohort: { target: 60, quorum: QUORUM }, privacy: { mode: 'sealed', differentialPrivacy } },
  })
}

/** A coordinator that adds a quarter of the noise that it charges for. */
const stingy: typeof createCentralSum = (settings) =>
  createCentralSum({ ...settings, noiseMultiplier: settings.noiseMultiplier / 4 })

describe('[R12] the noise of a round', () => {
  const PARAMETERS = 5_000
  const excessOf = async (multiplier: number, wishes: Wishes) => {
    const nothing = { client: 1, delta: new Float32Array(PARAMETERS), examples: 1 }
    const { weightsMade } = await anAggregation([nothing], wishes)
    return kolmogorovSmirnov(await weightsMade(), (multiplier * CLIP) / QUORUM)
  }

  test.each([0.3, 2, 40])('of z = %d is normal, as wide as was charged', async (multiplier) => {
    expect(await excessOf(multiplier, { of: noised(PARAMETERS, multiplier) })).toBeLessThan(LIMIT)
  })

  test('of a tree’s first release is that of one node', async () => {
    const of = noised(PARAMETERS, 2, { mechanism: 'dp-ftrl', roundsOfTree: 8 })
    expect(await excessOf(2, { of })).toBeLessThan(LIMIT)
  })

  test('of a release under a tree is that of every node in its sum, over rounds that were abandoned', async () => {
    const of = noised(PARAMETERS, 2, { mechanism: 'dp-ftrl', roundsOfTree: 8 })
    // The third round: [1–2] and [3]. Noise of the round alone would be narrower by a factor of √2.
    expect(await excessOf(2 * Math.SQRT2, { of, abandoned: 2 })).toBeLessThan(LIMIT)
  })

  test('that is a quarter of what was charged is caught, and so is one that is a fifth less', async () => {
    const of = noised(PARAMETERS, 2)
    expect(await excessOf(2, { of, centralSum: stingy })).toBeGreaterThan(LIMIT)
    expect(
      await excessOf(2, {
        of,
        centralSum: (settings) => createCentralSum({ ...settings, noiseMultiplier: 1.6 }),
      }),
    ).toBeGreaterThan(LIMIT)
  })
})

describe('canaries, each put into a round by a coin and looked for in what it released', () => {
  const MULTIPLIER = 4
  const [DELTA, ROUNDS, CANARIES, GUESSES] = [1e-5, 20, 50, 150]

  /** A canary is a client whose whole clipped delta lies on a value of its own. */
  const audit = async (wishes: Pick<Wishes, 'centralSum'>) => {
    const scores: { score: number; isIn: boolean }[] = []
    for (let run = 1; run <= ROUNDS; run++) {
      const random = seededRandom(`coins of run ${run}`)
      const coins = Array.from({ length: CANARIES }, () => uniform(random) < 0.5)
      const arrived = coins.flatMap((isIn, client): Upload[] => {
        const delta = new Float32Array(CANARIES)
        delta[client] = CLIP
        return isIn ? [{ client, delta, examples: 1 }] : []
      })
      const of = noised(CANARIES, MULTIPLIER)
      const { weightsMade } = await anAggregation(arrived, { of, noiseKey: run, ...wishes })
      const released = await weightsMade()
      for (const [i, isIn] of coins.entries())
        scores.push({ score: ((released[i] ?? 0) * QUORUM) / CLIP - 0.5, isIn })
    }
    // Guesses about those alone whose value says most.
    const surest = scores.toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score)).slice(0, GUESSES)
    const correct = surest.filter(({ score, isIn }) => score > 0 === isIn).length
    return auditedEpsilon(
      { canaries: ROUNDS * CANARIES, guesses: GUESSES, correct },
      { delta: DELTA, confidence: 0.95 },
    )
  }

  const claimed = gaussianEpsilon({ multiplier: MULTIPLIER, delta: DELTA })

  test('do not contradict the claim', async () => {
    expect(await audit({})).toBeLessThan(claimed)
  })

  test('contradict the claim of a coordinator that adds a quarter of the noise', async () => {
    expect(await audit({ centralSum: stingy })).toBeGreaterThan(claimed)
  })
})

/** √n times the greatest distance that one sample in a million of the claimed distribution would have (Kolmogorov). */
const LIMIT = Math.sqrt(-Math.log(1e-6 / 2) / 2)

/** √n times the greatest distance between the samples' distribution and the normal one of this standard deviation. */
const kolmogorovSmirnov = (samples: Float32Array, deviation: number): number => {
  const sorted = samples.toSorted()
  const n = sorted.length
  let greatest = 0
  for (const [i, x] of sorted.entries()) {
    const expected = normalBelow(x / deviation)
    greatest = Math.max(greatest, Math.abs(expected - i / n), Math.abs(expected - (i + 1) / n))
  }
  return Math.sqrt(n) * greatest
}

/** Abramowitz and Stegun 7.1.26, to 1.5e-7. */
const normalBelow = (x: number): number => {
  const z = Math.abs(x) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * z)
  const series =
    t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
  const above = (series * Math.exp(-z * z)) / 2
  return x < 0 ? above : 1 - above
}
