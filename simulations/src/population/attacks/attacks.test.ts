import { seededRandom } from '@tributary/protocols/runtime'
import { describe, expect, it } from 'vitest'
import { anAttack, aSight, someUpdates } from './attacks.builders.ts'
import { littleIsEnoughZ } from './little-is-enough.ts'
import { AttackSpec } from './registry.ts'

const crafted = (spec: Parameters<typeof anAttack>[0], seen = aSight()) => {
  const { craft } = anAttack(spec)
  if (!craft) throw new Error(`${spec.kind} crafts nothing`)
  return craft(seen)
}

/** Definitions in float64, written for the eye: what the vectors are to agree with. */
const mean = (updates: readonly Float32Array[], i: number) =>
  updates.reduce((sum, update) => sum + (update[i] ?? 0), 0) / updates.length
const deviation = (updates: readonly Float32Array[], i: number) => {
  const middle = mean(updates, i)
  return Math.sqrt(
    updates.reduce((sum, update) => sum + ((update[i] ?? 0) - middle) ** 2, 0) / updates.length,
  )
}
const squaredDistance = (a: ArrayLike<number>, b: ArrayLike<number>) => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += ((a[i] ?? 0) - (b[i] ?? 0)) ** 2
  return sum
}

const expectClose = (actual: Float32Array, expected: ArrayLike<number>) => {
  expect(actual.length).toBe(expected.length)
  for (let i = 0; i < actual.length; i++)
    expect(Math.abs((actual[i] ?? 0) - (expected[i] ?? 0))).toBeLessThan(
      1e-6 * (1 + Math.abs(expected[i] ?? 0)),
    )
}

describe('one update alone', () => {
  it('sign flip sends −scale · own', () => {
    expect([...crafted({ kind: 'sign-flip' })]).toEqual([-1, 2, -0.5])
    expect([...crafted({ kind: 'sign-flip', scale: 4 })]).toEqual([-4, 8, -2])
  })

  it('gaussian sends N(0, σ²), about 0 or its own update', () => {
    const own = new Float32Array(20_000).fill(7)
    const moments = (vector: Float32Array) => [mean(rowsOfOne(vector), 0), deviation(rowsOfOne(vector), 0)]
    const [zeroMean = 0, zeroDeviation = 0] = moments(
      crafted({ kind: 'gaussian', sigma: 2 }, aSight({ own })),
    )
    expect(Math.abs(zeroMean)).toBeLessThan(5 * (2 / Math.sqrt(20_000)))
    expect(Math.abs(zeroDeviation - 2)).toBeLessThan(5 * (2 / Math.sqrt(40_000)))
    const [ownMean = 0] = moments(crafted({ kind: 'gaussian', sigma: 2, around: 'own' }, aSight({ own })))
    expect(Math.abs(ownMean - 7)).toBeLessThan(5 * (2 / Math.sqrt(20_000)))
  })

  it('model replacement alone moves the mean to its model', () => {
    const own = Float32Array.of(0.5, -1)
    const sent = crafted(
      { kind: 'model-replacement', serverLearningRate: 0.5 },
      aSight({ own, share: 0.125 }),
    )
    expect([...sent].map((value) => 0.5 * 0.125 * value)).toEqual([0.5, -1])
    expect([...crafted({ kind: 'model-replacement', boost: 3 }, aSight({ own }))]).toEqual([1.5, -3])
  })

  it('a free rider sends nothing, or noise that fades as t^−γ', () => {
    expect([...crafted({ kind: 'free-rider' })]).toEqual([0, 0, 0])
    const noise = (round: number) =>
      crafted({ kind: 'free-rider', sigma: 1, gamma: 2 }, aSight({ round, random: seededRandom(1) }))
    expectClose(
      noise(3),
      noise(1).map((value) => value / 9),
    )
    expect(noise(1)).not.toEqual(new Float32Array(3))
  })

  it('stale replay sends what it made that many of its rounds ago, else the oldest, else its own', () => {
    const earlier = [Float32Array.of(10), Float32Array.of(20), Float32Array.of(30)]
    const own = Float32Array.of(1)
    const sent = (roundsAgo: number, of = earlier) =>
      crafted({ kind: 'stale-replay', roundsAgo }, aSight({ own, earlier: of }))[0]
    expect([sent(1), sent(3), sent(5), sent(2, [])]).toEqual([10, 30, 30, 1])
    expect(anAttack({ kind: 'stale-replay', roundsAgo: 3 }).remembers).toBe(3)
  })

  it('not finite: everywhere, or in a share and at least once', () => {
    expect([...crafted({ kind: 'not-finite' })]).toEqual([Number.NaN, Number.NaN, Number.NaN])
    const own = new Float32Array(10_000).fill(1)
    const infinite = (share: number) =>
      crafted({ kind: 'not-finite', value: '-infinity', share }, aSight({ own })).filter(
        (value) => value === Number.NEGATIVE_INFINITY,
      ).length
    expect(infinite(0)).toBe(1)
    expect(Math.abs(infinite(0.1) - 1_000)).toBeLessThan(5 * Math.sqrt(900))
  })

  it('huge is 1e30 times its own and stays finite', () => {
    const own = Float32Array.of(1, -1e20, 0)
    const [one, far = 0, none] = crafted({ kind: 'huge' }, aSight({ own }))
    expect([one, none]).toEqual([Math.fround(1e30), 0])
    expect(Number.isFinite(far)).toBe(true)
    expect(far).toBeLessThan(-3.4e38)
  })
})

describe('updates together', () => {
  it.each([
    [50, 5, 0.084],
    [50, 10, 0.253],
    [50, 24, 1.426],
  ])('a little is enough: of %s updates, %s attackers have z = %s', (updates, attackers, z) => {
    expect(littleIsEnoughZ({ updates, attackers })).toBeCloseTo(z, 3)
  })

  it('z is finite, whoever attacks', () => {
    for (let updates = 1; updates < 40; updates++)
      for (let attackers = 0; attackers <= updates; attackers++)
        expect(Number.isFinite(littleIsEnoughZ({ updates, attackers }))).toBe(true)
  })

  it('a little is enough sends μ − z σ', () => {
    const honest = someUpdates(7, 5, 1)
    const expected = (z: number) =>
      Float64Array.from({ length: 5 }, (_, i) => mean(honest, i) - z * deviation(honest, i))
    expectClose(crafted({ kind: 'little-is-enough', z: 1.5 }, aSight({ honest })), expected(1.5))
    const cohort = { updates: 50, attackers: 24 }
    expectClose(
      crafted({ kind: 'little-is-enough' }, aSight({ honest, cohort })),
      expected(littleIsEnoughZ(cohort)),
    )
  })

  it('inner product manipulation sends −ε μ', () => {
    const honest = someUpdates(7, 5, 1)
    expectClose(
      crafted({ kind: 'inner-product', epsilon: 0.5 }, aSight({ honest })),
      Float64Array.from({ length: 5 }, (_, i) => -0.5 * mean(honest, i)),
    )
  })

  describe.each(['unit', 'deviation', 'sign'] as const)('along %s', (along) => {
    it('min-max is as far from the farthest update as the two farthest are apart, against the mean', () => {
      for (let seed = 0; seed < 20; seed++) {
        const honest = someUpdates(9, 12, seed)
        const sent = crafted({ kind: 'min-max', along }, aSight({ honest }))
        const bound = Math.max(...honest.flatMap((a) => honest.map((b) => squaredDistance(a, b))))
        const reached = Math.max(...honest.map((update) => squaredDistance(sent, update)))
        expect(reached / bound).toBeCloseTo(1, 5)
      }
    })

    it('min-sum has the sum of squared distances of the update that is worst off', () => {
      for (let seed = 0; seed < 20; seed++) {
        const honest = someUpdates(9, 12, seed)
        const total = (from: Float32Array) =>
          honest.reduce((sum, update) => sum + squaredDistance(from, update), 0)
        const sent = crafted({ kind: 'min-sum', along }, aSight({ honest }))
        expect(total(sent) / Math.max(...honest.map(total))).toBeCloseTo(1, 5)
      }
    })

    it('the way is −μ/‖μ‖, −σ or −sign(μ)', () => {
      const honest = someUpdates(9, 12, 3)
      const sent = crafted({ kind: 'min-max', along }, aSight({ honest }))
      const way = Float64Array.from(sent, (value, i) => value - mean(honest, i))
      const expected = way.map((_, i) =>
        along === 'deviation'
          ? -deviation(honest, i)
          : along === 'sign'
            ? -Math.sign(mean(honest, i))
            : -mean(honest, i),
      )
      const gamma = (way[0] ?? 0) / (expected[0] ?? 1)
      expect(gamma).toBeGreaterThan(0)
      for (const [i, value] of way.entries()) expect(value).toBeCloseTo(gamma * (expected[i] ?? 0), 5)
    })

    it('among equal updates there is no room', () => {
      const honest = [Float32Array.of(1, 2), Float32Array.of(1, 2)]
      expect([...crafted({ kind: 'min-max', along }, aSight({ honest }))]).toEqual([1, 2])
    })
  })
})

describe('every attack', () => {
  const KINDS: Parameters<typeof anAttack>[0][] = [
    { kind: 'sign-flip' },
    { kind: 'gaussian' },
    { kind: 'little-is-enough' },
    { kind: 'inner-product' },
    { kind: 'min-max' },
    { kind: 'min-sum' },
    { kind: 'model-replacement' },
    { kind: 'backdoor', target: 1, boost: 'full' },
    { kind: 'free-rider', sigma: 1 },
    { kind: 'stale-replay' },
    { kind: 'not-finite', share: 0.5 },
    { kind: 'huge' },
  ]
  it.each(KINDS)(
    '$kind: the same seed sends the same, in a vector of its own, and changes nothing it saw',
    (spec) => {
      const look = () => {
        const honest = someUpdates(5, 30, 1)
        return aSight({
          honest,
          own: honest[0] ?? new Float32Array(0),
          earlier: honest.slice(1),
          random: seededRandom(9),
        })
      }
      const seen = look()
      const sent = crafted(spec, seen)
      expect(sent).toEqual(crafted(spec, look()))
      expect(sent).not.toBe(seen.own)
      expect(seen.earlier).not.toContain(sent)
      expect({ honest: seen.honest, own: seen.own, earlier: seen.earlier }).toEqual({
        honest: look().honest,
        own: look().own,
        earlier: look().earlier,
      })
    },
  )

  it.each([
    [{ kind: 'sign-flip', scale: 0 }, 'must be above 0'],
    [{ kind: 'little-is-enough', sees: 'own' }, 'colluders'],
    [{ kind: 'sign-flop' }, 'kind'],
  ])('a spec %j is refused', (spec, message) => {
    const parsed = AttackSpec.safeParse(spec)
    expect(parsed.success ? '' : JSON.stringify(parsed.error.issues)).toContain(message)
  })
})

/** Each value as a row of one, to use the definitions above. */
const rowsOfOne = (vector: Float32Array): Float32Array[] =>
  Array.from(vector, (value) => Float32Array.of(value))
