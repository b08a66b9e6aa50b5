/** Cuts an order of rows into consecutive parts of these sizes, each sorted ascending; what is left over is nobody's. */
export const cutInto = (order: ArrayLike<number>, sizes: readonly number[]): Uint32Array[] => {
  let at = 0
  return sizes.map((size) => {
    const part = new Uint32Array(size)
    for (let i = 0; i < size; i++) part[i] = order[at + i] ?? 0
    at += size
    return part.sort()
  })
}

/** `total` in `parts` whole numbers that differ by one at most, the larger ones first. */
export const evenSizes = (total: number, parts: number): number[] =>
  Array.from({ length: parts }, (_, i) => Math.floor(total / parts) + (i < total % parts ? 1 : 0))

/**
 * `total` in whole numbers in proportion to `weights` (finite, not negative, not all 0), by the method of largest
 * remainders; of equal remainders the earlier one.
 */
export const proportionalSizes = (total: number, weights: readonly number[]): number[] => {
  const sum = weights.reduce((a, b) => a + b, 0)
  const exact = weights.map((weight) => (total * weight) / sum)
  const sizes = exact.map(Math.floor)
  let left = total - sizes.reduce((a, b) => a + b, 0)
  const order = exact
    .map((value, i) => ({ i, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.i - b.i)
  for (const { i } of order) {
    if (left-- <= 0) break
    sizes[i] = (sizes[i] ?? 0) + 1
  }
  return sizes
}

/** The rows from 0 on. */
export const everyRow = (count: number): number[] => Array.from({ length: count }, (_, row) => row)
