/** What every accountant asks of its numbers, checked at the door. */

export const requireDelta = (delta: number): void => {
  if (!(delta > 0 && delta < 1)) throw new RangeError(`delta must be between 0 and 1, not ${delta}`)
}

export const requireEpsilon = (epsilon: number): void => {
  if (!(epsilon >= 0)) throw new RangeError(`epsilon must be at least 0, not ${epsilon}`)
}

/** Noise of standard deviation `multiplier` × sensitivity. */
export const requireMultiplier = (multiplier: number): void => {
  if (!(multiplier > 0 && Number.isFinite(multiplier)))
    throw new RangeError(`a noise multiplier is finite and above 0, not ${multiplier}`)
}

export const requireCount = (what: string, count: number): void => {
  if (!Number.isSafeInteger(count) || count < 0)
    throw new RangeError(`${what} must be a whole number from 0, not ${count}`)
}

export const requireOrder = (order: number): void => {
  if (!(order > 1 && Number.isFinite(order)))
    throw new RangeError(`a Rényi order is finite and above 1, not ${order}`)
}
