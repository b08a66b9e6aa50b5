/** Statistics for tests of noise at fixed seeds. Each test's chance of failing over all seeds is one in a million. */

/** P(√n · D > this) = 1e-6 for a continuous distribution (Kolmogorov); less for a discrete one. */
const critical = Math.sqrt(-Math.log(1e-6 / 2) / 2)

/**
 * The greatest distance between the samples' distribution function and `below(x)` = P(X ≤ x), over whole x,
 * times √n and over its critical value: above 1 is a failure.
 */
export const ksExcess = (samples: Int32Array, below: (x: number) => number): number => {
  const sorted = samples.toSorted()
  let distance = 0
  let before = 0
  for (let i = 0; i < sorted.length; i++) {
    const x = sorted[i] ?? 0
    if (sorted[i + 1] === x) continue
    const upTo = (i + 1) / sorted.length
    distance = Math.max(distance, Math.abs(before - below(x - 1)), Math.abs(upTo - below(x)))
    before = upTo
  }
  return (distance * Math.sqrt(samples.length)) / critical
}

/**
 * Pearson's χ² of whole samples over the values −reach … reach and all beyond as one, standardized by Wilson and Hilferty 1931 and divided
 * by the normal quantile of 1e-6: above 1 is a failure.
 */
export const chiSquareExcess = (
  samples: Int32Array,
  { reach, chance }: { reach: number; chance: (x: number) => number },
): number => {
  const counts = new Float64Array(2 * reach + 2)
  for (const x of samples) {
    const cell = Math.abs(x) <= reach ? x + reach : 2 * reach + 1
    counts[cell] = (counts[cell] ?? 0) + 1
  }
  const inside = Array.from({ length: 2 * reach + 1 }, (_, i) => chance(i - reach))
  const chances = [...inside, 1 - inside.reduce((sum, p) => sum + p, 0)]
  const statistic = chances.reduce((sum, p, i) => {
    const expected = p * samples.length
    return expected < 1 ? sum : sum + ((counts[i] ?? 0) - expected) ** 2 / expected
  }, 0)
  const freedom = chances.filter((p) => p * samples.length >= 1).length - 1
  const cubic = 2 / (9 * freedom)
  return ((statistic / freedom) ** (1 / 3) - (1 - cubic)) / Math.sqrt(cubic) / 4.7534
}

export const meanOf = (samples: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += samples[i] ?? 0
  return sum / samples.length
}

export const deviationOf = (samples: ArrayLike<number>): number => {
  let sum = 0
  for (let i = 0; i < samples.length; i++) sum += (samples[i] ?? 0) ** 2
  return Math.sqrt(sum / samples.length)
}
