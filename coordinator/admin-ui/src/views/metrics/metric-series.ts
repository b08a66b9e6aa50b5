import type { RoundMetricsView } from '@tributary/protocols/rest'
import type { ChartSeries } from '../../ui/chart-options.ts'
import { ownOf } from './own-of.ts'

export type Across = 'round' | 'version'

/** All metrics that rounds told, `loss` and what ends in it first, for that is what most people look for. */
export const metricNames = (rounds: readonly RoundMetricsView[]): readonly string[] => {
  const names = new Set(rounds.flatMap(({ means, bands }) => [...Object.keys(means), ...Object.keys(bands)]))
  return [...names].toSorted((a, b) => Number(/loss$/.test(b)) - Number(/loss$/.test(a)) || (a < b ? -1 : 1))
}

/**
 * One metric over rounds or versions, ascending: its weighted mean and, where clients' own numbers are known, the band from the
 * 10th to the 90th percentile with the median in it. An abandoned round leaves a gap over rounds and makes no version.
 */
export const metricSeries = (
  rounds: readonly RoundMetricsView[],
  metric: string,
  across: Across,
): { x: readonly number[]; series: readonly ChartSeries[] } => {
  const points = rounds
    .map((round) => ({ at: across === 'round' ? round.number : round.version, round }))
    .filter((point): point is { at: number; round: RoundMetricsView } => point.at !== null)
    .toSorted((a, b) => a.at - b.at)
  const valuesOf = (read: (round: RoundMetricsView) => number | undefined) =>
    points.map(({ round }) => read(round) ?? null)
  const banded = points.some(({ round }) => ownOf(round.bands, metric))
  const band: ChartSeries[] = [
    {
      label: '90th percentile',
      kind: 'line',
      colour: 1,
      bandTo: '10th percentile',
      values: valuesOf(({ bands }) => ownOf(bands, metric)?.p90),
    },
    {
      label: '10th percentile',
      kind: 'line',
      colour: 1,
      bandTo: '90th percentile',
      values: valuesOf(({ bands }) => ownOf(bands, metric)?.p10),
    },
    {
      label: 'median client',
      kind: 'line',
      colour: 1,
      values: valuesOf(({ bands }) => ownOf(bands, metric)?.median),
    },
  ]
  return {
    x: points.map(({ at }) => at),
    series: [
      ...(banded ? band : []),
      {
        label: 'mean by examples',
        kind: 'line',
        colour: 2,
        values: valuesOf(({ means }) => ownOf(means, metric)),
      },
    ],
  }
}

/** Whether a logarithmic axis would show anything of them, and all of it. */
export const fitsLogarithm = (series: readonly ChartSeries[]): boolean =>
  series.every(({ values }) => values.every((value) => value === null || value > 0))
