import { normalTail } from '@tributary/protocols/privacy'

/** Φ⁻¹(p): the z below which a standard normal lies with probability p, by bisection; ±∞ at 0 and 1. */
export const normalQuantile = (probability: number): number => {
  if (!(probability >= 0 && probability <= 1))
    throw new RangeError(`a probability lies in 0..1, not ${probability}`)
  if (probability === 0) return Number.NEGATIVE_INFINITY
  if (probability === 1) return Number.POSITIVE_INFINITY
  let [low, high] = [-40, 40]
  for (let turn = 0; turn < 64; turn++) {
    const middle = (low + high) / 2
    if (normalTail(-middle) < probability) low = middle
    else high = middle
  }
  return high
}
