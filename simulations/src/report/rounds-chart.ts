import type { TopLevelSpec } from 'vega-lite'
import { DASHES, PALETTE, PLOT_CONFIG, PLOT_HEIGHT, PLOT_WIDTH, SOFT_INK } from './chart-look.ts'
import { shownName } from './inert-text.ts'
import type { BandPoint } from './statistics.ts'

/** One line over the rounds, and a band from the lowest seed to the highest where there are several. */
export type Series = { readonly name: string; readonly points: readonly BandPoint[] }
/** A number to hold the lines against, with what it is. */
export type Rule = { readonly label: string; readonly value: number }

export type RoundsChart = {
  readonly description: string
  readonly quantity: string
  /** How the axis writes numbers, in d3's words; short decimals where it is left out. */
  readonly format?: string
  readonly series: readonly Series[]
  readonly rules?: readonly Rule[]
  readonly fromZero?: boolean
}

/** Beyond a factor of this, lines near the bottom cannot be told apart on a linear axis. */
const LOG_FROM = 50
const LABEL_HEIGHT = 14
const RULE_LABELS = 60

export const roundsChart = ({
  description,
  quantity,
  format,
  series,
  rules = [],
  fromZero = false,
}: RoundsChart): TopLevelSpec => {
  const names = series.map(({ name }) => shownName(name))
  const values = series.flatMap(({ points }, at) =>
    points.map(({ round, mean, low, high }) => ({ name: names[at], round, mean, low, high })),
  )
  const scale = scaleOf(
    [...values.flatMap(({ low, high }) => [low, high]), ...rules.map(({ value }) => value)],
    fromZero,
  )
  const y = {
    type: 'quantitative' as const,
    scale: { type: scale.type, domain: [...scale.domain], nice: false },
    axis: { title: quantity, format: format ?? (scale.domain[1] < 1e6 ? ',~r' : '.1~e') },
  }
  const x = {
    field: 'round',
    type: 'quantitative',
    scale: { nice: false, zero: false },
    axis: X_AXIS,
  } as const
  // The same words for colours and dashes, or each would have a legend of its own.
  const legend =
    names.length > 1
      ? {
          columns: names.some((name) => name.length > 22) ? 1 : 2,
          symbolType: 'stroke',
          symbolOpacity: 1,
          symbolStrokeWidth: 2.5,
          labelLimit: PLOT_WIDTH - 40,
        }
      : null
  const color = {
    field: 'name',
    type: 'nominal',
    scale: { domain: names, range: names.map((_, at) => PALETTE[at % PALETTE.length] ?? '') },
    legend,
  } as const
  const strokeDash = {
    field: 'name',
    type: 'nominal',
    scale: { domain: names, range: names.map((_, at) => [...(DASHES[at % DASHES.length] ?? [])]) },
    legend,
  } as const
  const labels = labelsOf(rules, scale)
  const few = values.length < 40 * names.length
  return {
    description,
    config: PLOT_CONFIG,
    width: PLOT_WIDTH - (rules.length > 0 ? RULE_LABELS : 0),
    height: PLOT_HEIGHT,
    layer: [
      {
        data: { values },
        mark: { type: 'area', opacity: 0.22, aria: false },
        encoding: {
          x,
          y: { ...y, field: 'low' },
          y2: { field: 'high' },
          color,
        },
      },
      {
        data: { values: [...rules] },
        mark: { type: 'rule', strokeDash: [5, 3], strokeWidth: 1.2, color: SOFT_INK, aria: false },
        encoding: { y: { ...y, field: 'value' } },
      },
      {
        data: { values: labels },
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          dx: 4,
          fontSize: 11,
          color: SOFT_INK,
          aria: false,
        },
        encoding: {
          x: { value: 'width' },
          y: { field: 'at', type: 'quantitative', scale: null, axis: null },
          text: { field: 'label', type: 'nominal' },
        },
      },
      {
        data: { values },
        mark: {
          type: 'line',
          strokeWidth: 2,
          aria: false,
          point: few ? { size: 14, filled: true } : false,
        },
        encoding: { x, y: { ...y, field: 'mean' }, color, ...(names.length > 1 ? { strokeDash } : {}) },
      },
    ],
  }
}

const X_AXIS = { title: 'round', format: ',d', tickMinStep: 1 } as const

type Scale = { readonly type: 'linear' | 'log'; readonly domain: readonly [number, number] }

const scaleOf = (values: readonly number[], fromZero: boolean): Scale => {
  const low = values.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY)
  const high = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY)
  if (!Number.isFinite(low)) return { type: 'linear', domain: [0, 1] }
  if (low > 0 && high / low > LOG_FROM) return { type: 'log', domain: [low / 1.2, high * 1.2] }
  const margin = high === low ? Math.abs(high) / 10 || 1 : (high - low) * 0.05
  const bottom = fromZero ? 0 : low - margin
  return { type: 'linear', domain: [low >= 0 ? Math.max(0, bottom) : bottom, high + margin] }
}

/** Each label beside its rule, moved down or up as far as it must be to stand clear of the others; in pixels from the top. */
const labelsOf = (rules: readonly Rule[], { type, domain }: Scale) => {
  const heightOf = type === 'log' ? Math.log : (value: number) => value
  const [low, high] = [heightOf(domain[0]), heightOf(domain[1])]
  const labels = rules
    .map(({ label, value }) => ({ label, at: PLOT_HEIGHT * (1 - (heightOf(value) - low) / (high - low)) }))
    .sort((a, b) => a.at - b.at)
  let least = Number.NEGATIVE_INFINITY
  for (const label of labels) {
    label.at = Math.max(label.at, least)
    least = label.at + LABEL_HEIGHT
  }
  let most = PLOT_HEIGHT
  for (const label of labels.toReversed()) {
    label.at = Math.min(label.at, most)
    most = label.at - LABEL_HEIGHT
  }
  return labels
}
