/** What every kernel checks at its door, the same words in both implementations. */

export function requireSameLength(operation: string, expected: number, actual: number): void {
  if (expected !== actual)
    throw new RangeError(
      `${operation}: lengths differ, ${expected} and ${actual} values; all vectors of one model have one length`,
    )
}

/** Accumulators hold at most 2^30 - 1 values: their addresses are 32 bits wide. */
export function requireLength(operation: string, length: number): void {
  if (!Number.isInteger(length) || length < 0 || length >= 2 ** 30)
    throw new RangeError(`${operation}: length must be a whole number from 0 to 2^30 - 1, not ${length}`)
}

/** Returns the weight as the float32 it is used as. */
export function float32Weight(operation: string, weight: number): number {
  const rounded = Math.fround(weight)
  if (!Number.isFinite(rounded))
    throw new RangeError(`${operation}: weight must be a finite float32 number, not ${weight}`)
  return rounded
}

/** Throws when an accumulator is used after its release. */
export function releasedError(operation: string): Error {
  return new Error(
    `${operation}: this accumulator was released; take a new one from kernels.accumulator(length)`,
  )
}
