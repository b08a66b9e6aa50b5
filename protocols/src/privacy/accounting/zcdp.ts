import { epsilonOfCurve, type RenyiBound } from './renyi-curve.ts'
import { requireDelta, requireMultiplier } from './requirements.ts'

/** ρ of zero-concentrated differential privacy of one Gaussian mechanism: 1 / 2z² (Bun and Steinke 2016, Proposition 1.6). */
export const gaussianZcdp = (multiplier: number): number => {
  requireMultiplier(multiplier)
  return 1 / (2 * multiplier ** 2)
}

/**
 * The least ε at `delta` of a ρ-zCDP mechanism, R(α) = ρα for every α > 1, by the conversion of `epsilonOfCurve` over all orders
 * rather than a grid: the bound at any order holds, and the search ends within 1e-9 of the best.
 */
export const epsilonOfZcdp = (rho: number, delta: number): RenyiBound => {
  requireDelta(delta)
  if (!(rho >= 0)) throw new RangeError(`ρ must be at least 0, not ${rho}`)
  const boundAt = (logExcessOrder: number) => {
    const order = 1 + Math.exp(logExcessOrder)
    return epsilonOfCurve({ orders: [order], epsilons: [rho * order] }, delta)
  }
  const grid = Array.from(
    { length: 200 },
    (_, i) => Math.log(0.011) + (i * (Math.log(1e6) - Math.log(0.011))) / 199,
  )
  let at = 0
  grid.forEach((x, i) => {
    if (boundAt(x).epsilon < boundAt(grid[at] ?? 0).epsilon) at = i
  })
  let [low, high] = [grid[at - 1] ?? grid[0] ?? 0, grid[at + 1] ?? grid[at] ?? 0]
  for (let turn = 0; turn < 60; turn++) {
    const [left, right] = [low + (high - low) / 3, high - (high - low) / 3]
    if (boundAt(left).epsilon <= boundAt(right).epsilon) high = right
    else low = left
  }
  return boundAt((low + high) / 2)
}

/** ρ + 2√(ρ ln(1/δ)) (Bun and Steinke 2016, Proposition 1.3): the loosest; what is quoted in papers. */
export const simpleEpsilonOfZcdp = (rho: number, delta: number): number => {
  requireDelta(delta)
  return rho + 2 * Math.sqrt(-rho * Math.log(delta))
}
