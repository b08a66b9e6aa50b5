/**
 * The least x, up to `precision` of itself and never below it, at which `holds` is true, for a `holds` that stays true once it is.
 * `guess`: where the search begins, above 0; it reaches from 1e-12 to `most`.
 * @returns the upper end of the last bracket, where `holds` was seen true; undefined where it holds nowhere up to `most`.
 */
export const leastWhere = (
  holds: (x: number) => boolean,
  { guess, most, precision = 1e-13 }: { guess: number; most: number; precision?: number },
): number | undefined => {
  let high = Math.min(guess, most)
  while (!holds(high)) {
    if (high >= most) return undefined
    high = Math.min(2 * high, most)
  }
  let low = high
  while (low > 1e-12 && holds(low)) {
    high = low
    low /= 2
  }
  if (low <= 1e-12) return high
  for (let turn = 0; turn < 60 && high - low > precision * high; turn++) {
    const middle = low + (high - low) / 2
    if (holds(middle)) high = middle
    else low = middle
  }
  return high
}
