import { describe, expect, test } from 'vitest'
import { discreteGaussianRenyi, skellamRenyi } from './discrete-renyi.ts'
import { curveOf, epsilonOfCurve, wholeOrders } from './renyi-curve.ts'
import { retryProbability, roundedNormBound, wholeL1Bound } from './rounded-norm.ts'

const sumOf = (given: { step: number; std: number; clients: number; dimension: number }) => {
  const { step, std, clients, dimension } = given
  const l2 = roundedNormBound({ norm: 1 / step, dimension, probability: retryProbability })
  return { variance: (std / step) ** 2, clients, l2, l1: wholeL1Bound({ l2, dimension }), dimension }
}

describe('noise that clients add to whole vectors', () => {
  test.each([
    // dimension, probability, norm, bound: distributed_dp of google-research/federated.
    [1000, 0, 10, 41.622777],
    [1000, retryProbability, 10, 19.385855],
    [1000, retryProbability, 100, 101.812629],
    [1_048_576, retryProbability, 1000, 1124.124548],
  ])('rounding lengthens %d coordinates to at most', (dimension, probability, norm, bound) => {
    expect(Math.abs(roundedNormBound({ norm, dimension, probability }) - bound)).toBeLessThan(5e-7)
  })

  test('ε as the papers’ own code has it, and Gaussian noise a little below', () => {
    const sum = sumOf({ step: 1e-3, std: 0.1, clients: 100, dimension: 1024 })
    const gaussian = epsilonOfCurve(
      curveOf(wholeOrders, (order) => skellamRenyi(order, sum)),
      1e-5,
    )
    const discrete = epsilonOfCurve(
      curveOf(wholeOrders, (order) => discreteGaussianRenyi(order, sum)),
      1e-5,
    )
    expect(Math.abs(gaussian.epsilon - 4.755911)).toBeLessThan(5e-7)
    expect(Math.abs(discrete.epsilon - 4.755908)).toBeLessThan(5e-7)
    expect(discrete.epsilon).toBeGreaterThan(4.752728)
  })

  test('bounds the divergence of Skellam noise that summing its probabilities gives', () => {
    for (const mu of [2, 8, 40])
      for (const shift of [1, 2, 3])
        for (const order of [2, 3, 8]) {
          const bound = skellamRenyi(order, { variance: mu, clients: 1, l2: shift, l1: shift, dimension: 1 })
          expect(divergence(skellam(mu), shift, order)).toBeLessThanOrEqual(bound)
        }
  })

  test('bounds the divergence of a sum of discrete Gaussians, where τ matters and where it does not', () => {
    for (const std of [0.4, 0.6, 1, 2]) {
      const one = gaussian(std)
      const three = convolved(convolved(one, one), one)
      for (const order of [1.5, 2, 5]) {
        const bound = discreteGaussianRenyi(order, {
          variance: std ** 2,
          clients: 3,
          l2: 1,
          l1: 1,
          dimension: 1,
        })
        expect(divergence(three, 1, order)).toBeLessThanOrEqual(bound * (1 + 1e-9))
      }
    }
  })

  test('misuse is refused', () => {
    const good = { variance: 1, clients: 1, l2: 1, l1: 1, dimension: 1 }
    expect(() => skellamRenyi(2.5, good)).toThrow('whole orders')
    expect(() => skellamRenyi(2, { ...good, variance: 0 })).toThrow('variance')
    expect(() => discreteGaussianRenyi(2, { ...good, clients: 0 })).toThrow('at least one client')
    expect(() => roundedNormBound({ norm: 1, dimension: 1, probability: 1 })).toThrow('probability')
  })
})

/** Probabilities of −reach … reach. */
type Masses = readonly number[]

const reach = 150
const values = Array.from({ length: 2 * reach + 1 }, (_, i) => i - reach)

const normalized = (weights: Masses): Masses => {
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  return weights.map((weight) => weight / total)
}

const gaussian = (std: number): Masses => normalized(values.map((x) => Math.exp((-x * x) / (2 * std * std))))

/** P(X − Y = x) of two Poisson variables of mean μ/2, summed. */
const skellam = (mu: number): Masses => {
  const logFactorial = [0]
  for (let i = 1; i < 3 * reach; i++) logFactorial.push((logFactorial[i - 1] ?? 0) + Math.log(i))
  const poisson = (k: number) =>
    k < 0 ? 0 : Math.exp(k * Math.log(mu / 2) - mu / 2 - (logFactorial[k] ?? Number.POSITIVE_INFINITY))
  return values.map((x) =>
    Array.from({ length: reach }, (_, y) => poisson(x + y) * poisson(y)).reduce((a, b) => a + b),
  )
}

const convolved = (a: Masses, b: Masses): Masses =>
  values.map((x) => values.reduce((sum, y, i) => sum + (a[i] ?? 0) * (b[x - y + reach] ?? 0), 0))

const divergence = (masses: Masses, shift: number, order: number): number => {
  const sum = masses.reduce((total, mass, i) => {
    const moved = masses[i - shift] ?? 0
    if (mass === 0 || moved === 0) return total
    return total + Math.exp(order * Math.log(mass) + (1 - order) * Math.log(moved))
  }, 0)
  return Math.log(sum) / (order - 1)
}
