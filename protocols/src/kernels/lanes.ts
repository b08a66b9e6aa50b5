/** Sums of squares run in this many float64 lanes, value i in lane i mod 8, so that SIMD and plain add in one order. */
export const laneCount = 8

/** Pairwise, as a tree. */
export function sumLanes(lanes: Float64Array): number {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0, g = 0, h = 0] = lanes
  return a + b + (c + d) + (e + f + (g + h))
}
