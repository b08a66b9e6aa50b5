import { fairnessOf } from '../diagnosis/index.ts'
import { type GroupBar, groupsChart } from './bar-charts.ts'
import type { Figure } from './figure.ts'
import { shownName } from './inert-text.ts'
import { number, percent } from './number-format.ts'
import type { SeedResults } from './results.ts'
import { type Spread, spreadOf } from './statistics.ts'

const MOST_BARS = 30

export type GroupSpread = {
  readonly group: string
  readonly examples: number
  readonly accuracy: Spread | undefined
  readonly loss: Spread | undefined
  readonly selectionRate: Spread | undefined
  readonly truePositiveRate: Spread | undefined
  readonly falsePositiveRate: Spread | undefined
}

/** A figure for each way of grouping: labels first, then the others in their order. */
export const groupFigures = (seeds: readonly SeedResults[]): readonly Figure[] => {
  const kinds = [...new Set(seeds.flatMap(({ groups }) => Object.keys(groups)))]
  return [...kinds.filter((kind) => kind === 'label'), ...kinds.filter((kind) => kind !== 'label')].flatMap(
    (kind, at) => {
      const figure = groupFigure(seeds, kind, at)
      return figure ? [figure] : []
    },
  )
}

/** Each group's numbers over the seeds that have it, in the order of its first mention. */
export const groupSpreads = (
  seeds: readonly Pick<SeedResults, 'groups'>[],
  kind: string,
): readonly GroupSpread[] => {
  const results = seeds.flatMap(({ groups }) => (Object.hasOwn(groups, kind) ? (groups[kind] ?? []) : []))
  const byGroup = Map.groupBy(results, ({ group }) => group)
  return [...byGroup.entries()].map(([group, own]) => ({
    group,
    examples: own[0]?.examples ?? 0,
    accuracy: spreadOf(own.map(({ accuracy }) => accuracy)),
    loss: spreadOf(own.map(({ loss }) => loss)),
    selectionRate: spreadOf(own.map(({ selectionRate }) => selectionRate)),
    truePositiveRate: spreadOf(own.map(({ truePositiveRate }) => truePositiveRate)),
    falsePositiveRate: spreadOf(own.map(({ falsePositiveRate }) => falsePositiveRate)),
  }))
}

const groupFigure = (seeds: readonly SeedResults[], kind: string, at: number): Figure | undefined => {
  const spreads = groupSpreads(seeds, kind)
  const bars = spreads.flatMap(({ group, accuracy }) => (accuracy ? [{ group, spread: accuracy }] : []))
  const ranked = [...bars].sort((a, b) => a.spread.mean - b.spread.mean)
  const [worst, best] = [ranked[0], ranked.at(-1)]
  if (!worst || !best) return undefined
  const shown = bars.length > MOST_BARS ? ranked.slice(0, MOST_BARS) : bars
  const name = shownName(kind)
  const gap = 100 * (best.spread.mean - worst.spread.mean)
  const hasRates = spreads.some(({ selectionRate }) => selectionRate)
  return {
    id: `groups-${at}`,
    title: `Accuracy by ${name}`,
    description: `The gap is ${gap.toFixed(1)} points, from ${shownName(worst.group)} (${percent(worst.spread.mean)}, marked) to ${shownName(best.group)} (${percent(best.spread.mean)}).${seeds.length > 1 ? ' Bars: means; lines: from the lowest seed to the highest.' : ''}${bars.length > MOST_BARS ? ` The ${MOST_BARS} lowest of ${bars.length}.` : ''}${fairnessText(spreads)}`,
    chart: groupsChart({
      description: `Accuracy by ${name}`,
      bars: shown.map((bar): GroupBar => ({ ...bar, marked: bar === worst && bars.length > 1 })),
    }),
    table: {
      columns: [
        name,
        'examples',
        'accuracy',
        'lowest seed',
        'highest seed',
        'loss',
        ...(hasRates ? ['selected', 'true positives', 'false positives'] : []),
      ],
      rows: spreads.map(({ group, examples, accuracy, loss, ...rates }) => [
        group,
        number(examples),
        percent(accuracy?.mean, 2),
        percent(accuracy?.low, 2),
        percent(accuracy?.high, 2),
        number(loss?.mean),
        ...(hasRates
          ? [rates.selectionRate, rates.truePositiveRate, rates.falsePositiveRate].map((rate) =>
              percent(rate?.mean, 2),
            )
          : []),
      ]),
    },
  }
}

/** Of two classes: how unlike groups are in what they are told, by the means over seeds. */
const fairnessText = (spreads: readonly GroupSpread[]): string => {
  const { demographicParityDifference, equalOpportunityDifference, falsePositiveDifference } = fairnessOf(
    spreads.map(({ examples, accuracy, selectionRate, truePositiveRate, falsePositiveRate }) => ({
      rows: examples,
      accuracy: accuracy?.mean,
      selectionRate: selectionRate?.mean,
      truePositiveRate: truePositiveRate?.mean,
      falsePositiveRate: falsePositiveRate?.mean,
    })),
  )
  const points = [
    ['selected', demographicParityDifference],
    ['true positives', equalOpportunityDifference],
    ['false positives', falsePositiveDifference],
  ].flatMap(([what, difference]) =>
    typeof difference === 'number' ? [`${what} ${(100 * difference).toFixed(1)}`] : [],
  )
  return points.length === 0 ? '' : ` Greatest differences in points: ${points.join(', ')}.`
}
