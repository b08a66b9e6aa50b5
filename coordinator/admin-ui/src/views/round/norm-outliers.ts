/**
 * Robust z-scores (Iglewicz and Hoaglin 1993): 0.6745 (x − median) / MAD; where half of the values are the same and the MAD
 * is 0, the mean absolute deviation times 1.2533 takes its place. All values alike: none stands out.
 */
export const robustScores = (values: readonly number[]): number[] => {
  if (values.length === 0) return []
  const centre = medianOf(values)
  const away = values.map((value) => Math.abs(value - centre))
  const spread = medianOf(away) / 0.6745 || 1.2533 * (away.reduce((sum, each) => sum + each, 0) / away.length)
  return values.map((value) => (spread === 0 ? 0 : (value - centre) / spread))
}

/** From here on a value stands out. */
export const OUTLYING = 3.5

export type Normed = { client: string; norm: number }
export type Outlier = Normed & { score: number }

/** Updates whose norm stands out, in either direction, the furthest first. */
export const outliersOf = (updates: readonly Normed[]): readonly Outlier[] => {
  const scores = robustScores(updates.map(({ norm }) => norm))
  return updates
    .map((update, i) => ({ ...update, score: scores[i] ?? 0 }))
    .filter(({ score }) => Math.abs(score) > OUTLYING)
    .toSorted((a, b) => Math.abs(b.score) - Math.abs(a.score))
}

export const medianOf = (values: readonly number[]): number => {
  const ordered = values.toSorted((a, b) => a - b)
  const middle = ordered.length / 2
  return ordered.length % 2 === 1
    ? (ordered[Math.floor(middle)] ?? 0)
    : ((ordered[middle - 1] ?? 0) + (ordered[middle] ?? 0)) / 2
}
