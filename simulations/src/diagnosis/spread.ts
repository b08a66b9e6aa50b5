import type { Tally } from './tally.ts'

/**
 * The mean accuracy of the tenth of clients that fare worst, at least one; each counts once, however many rows it has (Li et al. 2020,
 * "Fair resource allocation in federated learning", arXiv:1905.10497, table 1). Clients without rows are left out.
 */
export const worstTenth = (clients: readonly Tally[]): number | undefined => {
  const worst = accuraciesOf(clients)
    .sort((a, b) => a - b)
    .slice(0, Math.max(1, Math.ceil(clients.filter(({ rows }) => rows > 0).length / 10)))
  return meanOf(worst)
}

/** The best group's accuracy less the worst one's, in [0, 1]; groups without rows are left out. */
export const groupGap = (groups: readonly Tally[]): number | undefined => {
  const sorted = accuraciesOf(groups).sort((a, b) => a - b)
  const [worst, best] = [sorted[0], sorted.at(-1)]
  return worst === undefined || best === undefined ? undefined : best - worst
}

/** The mean over clients, each counting once, and the variance about it (over n) of their accuracies. */
export const spreadOf = (
  clients: readonly Tally[],
): { mean: number; variance: number; worstTenth: number } | undefined => {
  const accuracies = accuraciesOf(clients)
  const [mean, worst] = [meanOf(accuracies), worstTenth(clients)]
  if (mean === undefined || worst === undefined) return undefined
  const variance = accuracies.reduce((sum, value) => sum + (value - mean) ** 2, 0) / accuracies.length
  return { mean, variance, worstTenth: worst }
}

const accuraciesOf = (tallies: readonly Tally[]): number[] =>
  tallies.flatMap(({ accuracy }) => (accuracy === undefined ? [] : [accuracy]))

const meanOf = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length
