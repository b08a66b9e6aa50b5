/** Our privacy accounting and noise against the definitions, computed in Python: mpmath's arbitrary precision and numpy. */
import { writeFileSync } from 'node:fs'
import {
  claimOf,
  fillRoundedGaussian,
  fillSkellam,
  gaussianEpsilon,
  PoissonSampling,
  sampledGaussianRenyi,
  skellamRenyi,
} from '@tributary/protocols/privacy'
import { seededRandom, uniform } from '@tributary/protocols/runtime'
import { beforeAll, describe, expect, test } from 'vitest'
import { pythonOfTests, runPython, temporaryFolder, withoutPython } from './python.ts'

if (withoutPython) console.warn('tests/interop: privacy skipped, because TRIBUTARY_PYTHON=off')

describe.skipIf(withoutPython)('Python', () => {
  let python = ''
  beforeAll(() => {
    python = pythonOfTests()
  }, 600_000)

  test('finds our accounts and our noise to be what their definitions say', { timeout: 240_000 }, () => {
    using folder = temporaryFolder()
    const asked = {
      renyi: renyiCases(),
      gaussian: gaussianCases(),
      losses: lossCases(),
      skellam: skellamCases(),
      noise: noiseCases(),
    }
    writeFileSync(folder.file('from-typescript.json'), JSON.stringify(asked))
    expect(runPython(python, 'privacy.py', folder.path)).toEqual({
      renyi: 10,
      gaussian: 20,
      losses: 2,
      skellam: 12,
      noise: 3,
    })
  })
})

const between = (low: number, high: number) => {
  const random = seededRandom(`between ${low} and ${high}`)
  return () => low + (high - low) * uniform(random)
}

const renyiCases = () => {
  const [order, multiplier, rate] = [between(1.05, 20), between(0.5, 5), between(0.001, 0.95)]
  return Array.from({ length: 10 }, (_, i) => {
    const given = { order: i % 3 === 0 ? 2 + 2 * i : order(), multiplier: multiplier(), rate: rate() }
    return { ...given, renyi: sampledGaussianRenyi(given) }
  })
}

const gaussianCases = () => {
  const [multiplier, places] = [between(0.3, 30), between(3, 15)]
  return Array.from({ length: 20 }, () => {
    const given = { multiplier: multiplier(), delta: 10 ** -places() }
    return { ...given, epsilon: gaussianEpsilon(given) }
  }).filter(({ epsilon }) => epsilon > 0)
}

const lossCases = () =>
  [
    { rate: 0.1, multiplier: 1, rounds: 50, delta: 1e-5 },
    { rate: 0.5, multiplier: 3, rounds: 20, delta: 1e-6 },
  ].map(({ rate, multiplier, rounds, delta }) => {
    const sampling = PoissonSampling.parse({
      kind: 'poisson',
      rate,
      independent: true,
      secret: true,
      enforced: true,
    })
    const claim = claimOf(
      { rule: 'poisson', sampling, released: [{ multiplier, rounds }] },
      { delta, accountant: 'privacy-loss-distribution' },
    )
    return { rate, multiplier, rounds, delta, epsilon: claim.epsilon }
  })

const skellamCases = () =>
  [20, 100, 400].flatMap((variance) =>
    [1, 3].flatMap((shift) =>
      [2, 6].map((order) => ({
        variance,
        shift,
        order,
        renyi: skellamRenyi(order, { variance, clients: 1, l2: shift, l1: shift, dimension: 1 }),
      })),
    ),
  )

const noiseCases = () => {
  const drawn = (fill: (out: Int32Array) => void) => {
    const out = new Int32Array(50_000)
    fill(out)
    return [...out]
  }
  const skellam = (variance: number) => ({
    kind: 'skellam',
    variance,
    samples: drawn((out) => fillSkellam(out, { variance, random: seededRandom(`interop ${variance}`) })),
  })
  const bits = 12
  const samples = drawn((out) => fillRoundedGaussian(out, { bits, random: seededRandom('interop') }))
  return [skellam(9), skellam(5_000), { kind: 'gaussian', variance: 4 ** bits, samples }]
}
