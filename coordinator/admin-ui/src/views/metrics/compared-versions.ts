import type { BandView, ModelView, RoundMetricsView } from '@tributary/protocols/rest'
import { ownOf } from './own-of.ts'

type Compared = Pick<RoundMetricsView, 'means' | 'bands'>

/** A line of the comparison: one number of every version, and how far each is from the first of them. */
export type ComparedRow = {
  metric: string
  measure: string
  values: readonly (number | null)[]
  /** Null for the first, and where either is not known. */
  differences: readonly (number | null)[]
}

const BAND: readonly (readonly [keyof BandView, string])[] = [
  ['p10', '10th percentile'],
  ['median', 'median client'],
  ['p90', '90th percentile'],
]

/** Every metric of two or more versions side by side, in the order the versions are given. */
export const comparedRows = (versions: readonly Compared[]): readonly ComparedRow[] => {
  const metrics = [
    ...new Set(versions.flatMap(({ means, bands }) => [...Object.keys(means), ...Object.keys(bands)])),
  ]
  return metrics.toSorted().flatMap((metric) => [
    rowOf(
      metric,
      'mean by examples',
      versions.map(({ means }) => ownOf(means, metric) ?? null),
    ),
    ...BAND.map(([key, measure]) =>
      rowOf(
        metric,
        measure,
        versions.map(({ bands }) => ownOf(bands, metric)?.[key] ?? null),
      ),
    ).filter(({ values }) => values.some((value) => value !== null)),
  ])
}

const rowOf = (metric: string, measure: string, values: readonly (number | null)[]): ComparedRow => {
  const first = values[0] ?? null
  return {
    metric,
    measure,
    values,
    differences: values.map((value, i) =>
      i === 0 || value === null || first === null ? null : value - first,
    ),
  }
}

/** The version numbers that an address names, as in `3,7,9`; each once. */
export const versionsOf = (text: string): readonly number[] => [
  ...new Set(
    text
      .split(',')
      .filter((part) => /^[1-9]\d{0,9}$/.test(part))
      .map(Number),
  ),
]

/** What one version is told to have measured: its round's means. */
export const meansOf = ({ origin }: ModelView): Readonly<Record<string, number>> =>
  origin.kind === 'round' ? origin.metrics : {}
