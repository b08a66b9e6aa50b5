import { ClientId } from '@tributary/protocols'
import { seededRandom, uniform } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import type { PlainUpdate } from '../fleet/reference-fedavg.ts'
import { firstWeights, fixedUpdates } from './fixed-clients.ts'
import { LEAST, NOISE } from './fixed-task.ts'
import { objectionToSum } from './secure-sum.ts'

const base = firstWeights()
const ids = [1, 2, 3, 4, 5].map((n) => ClientId.parse(`c-${String(n).repeat(32)}`))
const updates = fixedUpdates('judged', ids, 'fixed.1', base)
const secure = {
  mode: 'secure-aggregation',
  unmasking: 'direct',
  lost: { clients: 0, how: 'stalled' },
} as const

const moved = (by: (i: number) => number) => base.map((weight, i) => weight + by(i))
const sumAt = (i: number, of: readonly PlainUpdate[], share: (update: PlainUpdate) => number) =>
  of.reduce((sum, update) => sum + share(update) * (update.delta[i] ?? 0), 0)

describe('a secure round without noise', () => {
  const privacy = { ...secure, noise: 'none' } as const
  const meanOf = (of: readonly PlainUpdate[]) => {
    const examples = of.reduce((sum, update) => sum + update.examples, 0)
    return moved((i) => sumAt(i, of, (update) => update.examples / examples))
  }
  const judged = (weights: Float32Array) => objectionToSum({ base, weights, updates, privacy })

  test('made the mean of its updates', () => {
    expect(judged(meanOf(updates))).toBeUndefined()
  })

  test('and no other mean: of fewer, with one twice, or with one value off by a hundred-thousandth', () => {
    expect(judged(meanOf(updates.slice(1)))).toContain('by their mean')
    expect(judged(meanOf([...updates, ...updates.slice(4)]))).toContain('by their mean')
    const off = meanOf(updates)
    off[20_006] = (off[20_006] ?? 0) + 1e-5
    expect(judged(off)).toContain('value 20006')
  })
})

describe('a secure round under noise', () => {
  const privacy = { ...secure, noise: 'distributed' } as const
  const deviation = NOISE.noiseMultiplier * NOISE.clipNorm * Math.sqrt(updates.length / LEAST)
  const random = seededRandom('noise')
  // Four uniform numbers of variance 1 together are as good as a Gaussian one here.
  const noise = Array.from(
    base,
    () => Math.sqrt(3) * (uniform(random) + uniform(random) + uniform(random) + uniform(random) - 2),
  )
  const shares = new Map(
    updates.map((update) => [
      update,
      NOISE.clipNorm / Math.sqrt(update.delta.reduce((sum, x) => sum + x * x, 0)),
    ]),
  )
  const clipped = (update: PlainUpdate) => shares.get(update) ?? Number.NaN
  const noised = (of: readonly PlainUpdate[], times = 1) =>
    moved((i) => (sumAt(i, of, clipped) + times * deviation * (noise[i] ?? 0)) / LEAST)
  const judged = (weights: Float32Array) => objectionToSum({ base, weights, updates, privacy })

  test('made the noised sum of its clipped updates, over the quorum', () => {
    expect(judged(noised(updates))).toBeUndefined()
  })

  test('and no sum without one of them, or with one twice', () => {
    expect(judged(noised(updates.slice(1)))).toContain(`along the delta of ${ids[0]}`)
    expect(judged(noised([...updates, ...updates.slice(4)]))).toContain(`along the delta of ${ids[4]}`)
  })

  test('under the noise of all of them, neither less nor more', () => {
    expect(judged(noised(updates, Math.sqrt(3 / 5)))).toContain('the noise has a deviation')
    expect(judged(noised(updates, 1.3))).toContain('the noise has a deviation')
    expect(judged(noised(updates, 0))).toContain('the noise has a deviation')
  })
})
