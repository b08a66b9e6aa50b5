/** Exact tails of the hypergeometric distribution: how many of `drawn` are marked, of a population with some marked. */

export type Hypergeometric = { population: number; marked: number; drawn: number }

/** ln n!, from 0 to `upTo`: a table of compensated sums, whose error stays near one unit in the last place. */
export const logFactorials = (upTo: number): Float64Array => {
  const table = new Float64Array(upTo + 1)
  let sum = 0
  let lost = 0
  for (let n = 2; n <= upTo; n++) {
    const term = Math.log(n) - lost
    const next = sum + term
    lost = next - sum - term
    sum = next
    table[n] = sum
  }
  return table
}

/** ln of the binomial coefficient; -∞ where there is no such choice. */
export const logChoose = (logs: Float64Array, n: number, k: number): number =>
  k < 0 || k > n ? -Infinity : (logs[n] ?? NaN) - (logs[k] ?? NaN) - (logs[n - k] ?? NaN)

/** Pr[exactly `count` are marked]. */
const probability = (
  logs: Float64Array,
  { population, marked, drawn }: Hypergeometric,
  count: number,
): number =>
  Math.exp(
    logChoose(logs, marked, count) +
      logChoose(logs, population - marked, drawn - count) -
      logChoose(logs, population, drawn),
  )

/** The smallest whole number t with Pr[more than t are marked] ≤ `most`. */
export const upperQuantile = (logs: Float64Array, law: Hypergeometric, most: number): number => {
  let tail = 0
  for (let count = law.drawn; count > 0; count--) {
    tail += probability(logs, law, count)
    if (tail > most) return count
  }
  return 0
}

/** The largest whole number t with Pr[fewer than t are marked] ≤ `most`. */
export const lowerQuantile = (logs: Float64Array, law: Hypergeometric, most: number): number => {
  let tail = 0
  for (let count = 0; count < law.drawn; count++) {
    tail += probability(logs, law, count)
    if (tail > most) return count
  }
  return law.drawn
}
