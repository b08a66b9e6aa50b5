import type { Judged } from './tally.ts'

/** How one group fares under a yes-or-no model; class 1 is the wanted answer. A rate without rows to take it over is undefined. */
export type GroupRates = {
  readonly rows: number
  readonly accuracy: number | undefined
  /** Of all its rows, those that the model says yes to. */
  readonly selectionRate: number | undefined
  /** Of its rows that are truly 1. */
  readonly truePositiveRate: number | undefined
  /** Of its rows that are truly 0. */
  readonly falsePositiveRate: number | undefined
}

/**
 * Each measure is 0 (a ratio 1) where all groups fare alike; undefined with fewer than two groups that have the rates. Definitions: Hardt, Price and
 * Srebro 2016 (arXiv:1610.02413) and, for more than two groups, Weerts et al. 2023 ("Fairlearn", JMLR 24(257)): the greatest group against the least.
 */
export type Fairness = {
  readonly demographicParityDifference: number | undefined
  readonly demographicParityRatio: number | undefined
  /** Of true positive rates. */
  readonly equalOpportunityDifference: number | undefined
  readonly falsePositiveDifference: number | undefined
  /** The greater of the two above. */
  readonly equalizedOddsDifference: number | undefined
  readonly accuracyDifference: number | undefined
}

/**
 * The rates of `count` groups, `of[row]` being whose the row is.
 * @throws RangeError when arrays are not of one length, a class is neither 0 nor 1, or a row is nobody's.
 */
export const groupRates = (
  { predicted, expected }: Judged,
  { count, of }: { count: number; of: ArrayLike<number> },
): GroupRates[] => {
  if (predicted.length !== expected.length || of.length !== expected.length)
    throw new RangeError(
      `${expected.length} rows have ${predicted.length} predictions and ${of.length} owners`,
    )
  /** By group, then truth, then answer. */
  const counts = new Uint32Array(4 * count)
  for (let row = 0; row < expected.length; row++) {
    const [said, true_, group] = [predicted[row], expected[row], of[row] ?? -1]
    if ((said !== 0 && said !== 1) || (true_ !== 0 && true_ !== 1))
      throw new RangeError(
        `row ${row} is ${true_} and was said to be ${said}: fairness is of classes 0 and 1`,
      )
    if (!(group >= 0 && group < count))
      throw new RangeError(`row ${row} is ${group}'s, one of ${count} from 0`)
    const at = 4 * group + 2 * true_ + said
    counts[at] = (counts[at] ?? 0) + 1
  }
  return Array.from({ length: count }, (_, group) => {
    const [trueNegative = 0, falsePositive = 0, falseNegative = 0, truePositive = 0] = counts.subarray(
      4 * group,
      4 * group + 4,
    )
    const [negatives, positives] = [trueNegative + falsePositive, falseNegative + truePositive]
    const rows = negatives + positives
    return {
      rows,
      accuracy: rate(trueNegative + truePositive, rows),
      selectionRate: rate(falsePositive + truePositive, rows),
      truePositiveRate: rate(truePositive, positives),
      falsePositiveRate: rate(falsePositive, negatives),
    }
  })
}

export const fairnessOf = (groups: readonly GroupRates[]): Fairness => {
  const selection = rangeOf(groups.map(({ selectionRate }) => selectionRate))
  const opportunity = differenceOf(groups.map(({ truePositiveRate }) => truePositiveRate))
  const falsePositive = differenceOf(groups.map(({ falsePositiveRate }) => falsePositiveRate))
  return {
    demographicParityDifference: selection && selection.most - selection.least,
    demographicParityRatio: selection && (selection.most === 0 ? 1 : selection.least / selection.most),
    equalOpportunityDifference: opportunity,
    falsePositiveDifference: falsePositive,
    equalizedOddsDifference:
      opportunity === undefined || falsePositive === undefined
        ? undefined
        : Math.max(opportunity, falsePositive),
    accuracyDifference: differenceOf(groups.map(({ accuracy }) => accuracy)),
  }
}

/**
 * The area under the ROC curve: the chance that a row of class 1 has a higher score than one of class 0, ties counting half (Mann and Whitney
 * 1947); undefined without rows of both.
 */
export const areaUnderCurve = (
  scores: ArrayLike<number>,
  expected: ArrayLike<number>,
): number | undefined => {
  const order = Uint32Array.from({ length: scores.length }, (_, row) => row).sort(
    (a, b) => (scores[a] ?? 0) - (scores[b] ?? 0),
  )
  let [positives, rankSum] = [0, 0]
  for (let from = 0; from < order.length; ) {
    let to = from + 1
    while (to < order.length && scores[order[to] ?? 0] === scores[order[from] ?? 0]) to++
    const rank = (from + 1 + to) / 2
    for (const row of order.subarray(from, to))
      if (expected[row] === 1) {
        positives += 1
        rankSum += rank
      }
    from = to
  }
  const negatives = order.length - positives
  if (positives === 0 || negatives === 0) return undefined
  return (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives)
}

const rate = (some: number, all: number): number | undefined => (all === 0 ? undefined : some / all)

const rangeOf = (rates: readonly (number | undefined)[]): { least: number; most: number } | undefined => {
  const known = rates.filter((one) => one !== undefined)
  return known.length < 2 ? undefined : { least: Math.min(...known), most: Math.max(...known) }
}

const differenceOf = (rates: readonly (number | undefined)[]): number | undefined => {
  const range = rangeOf(rates)
  return range && range.most - range.least
}
