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
  return {
    id: `groups-${at}`,
    title: `Accuracy by ${name}`,
    description: `The gap is ${gap.toFixed(1)} points, from ${shownName(worst.group)} (${percent(worst.spread.mean)}, marked) to ${shownName(best.group)} (${percent(best.spread.mean)}).${seeds.length > 1 ? ' Bars: means; lines: from the lowest seed to the highest.' : ''}${bars.length > MOST_BARS ? ` The ${MOST_BARS} lowest of ${bars.length}.` : ''}`,
    chart: groupsChart({
      description: `Accuracy by ${name}`,
      bars: shown.map((bar): GroupBar => ({ ...bar, marked: bar === worst && bars.length > 1 })),
    }),
    table: {
      columns: [name, 'examples', 'accuracy', 'lowest seed', 'highest seed', 'loss'],
      rows: spreads.map(({ group, examples, accuracy, loss }) => [
        group,
        number(examples),
        percent(accuracy?.mean, 2),
        percent(accuracy?.low, 2),
        percent(accuracy?.high, 2),
        number(loss?.mean),
      ]),
    },
  }
}
