import type { TopLevelSpec } from 'vega-lite'
import { BAR, INK, MARKED, PLOT_CONFIG, PLOT_HEIGHT, PLOT_WIDTH } from './chart-look.ts'
import { shownName } from './inert-text.ts'
import type { Spread } from './statistics.ts'

export type HistogramBar = {
  readonly from: number
  readonly to: number
  readonly count: number
  /** How many of `count` are marked. */
  readonly marked?: number
}

export type HistogramChart = {
  readonly description: string
  readonly quantity: string
  readonly format: string
  readonly counted: string
  readonly bars: readonly HistogramBar[]
  /** What marked and other bars are, where some are marked. */
  readonly kinds?: { readonly marked: string; readonly others: string }
}

export const histogramChart = ({
  description,
  quantity,
  format,
  counted,
  bars,
  kinds,
}: HistogramChart): TopLevelSpec => {
  const [marked, others] = [kinds?.marked ?? 'marked', kinds?.others ?? counted]
  const values = bars.flatMap(({ from, to, count, marked: some = 0 }) => [
    { from, to, low: 0, high: some, kind: marked },
    { from, to, low: some, high: count, kind: others },
  ])
  return {
    description,
    config: PLOT_CONFIG,
    width: PLOT_WIDTH,
    height: PLOT_HEIGHT,
    data: { values: values.filter(({ low, high }) => high > low) },
    mark: { type: 'bar', stroke: 'white', strokeWidth: 0.6, aria: false },
    encoding: {
      x: {
        field: 'from',
        type: 'quantitative',
        bin: 'binned',
        scale: { domain: [bars[0]?.from ?? 0, bars.at(-1)?.to ?? 1], nice: false },
        axis: { title: quantity, format, tickMinStep: format === ',d' ? 1 : 0 },
      },
      x2: { field: 'to' },
      y: {
        field: 'low',
        type: 'quantitative',
        scale: { zero: true },
        axis: { title: counted, format: ',d', tickMinStep: 1 },
      },
      y2: { field: 'high' },
      color: {
        field: 'kind',
        type: 'nominal',
        scale: { domain: [marked, others], range: [MARKED, BAR] },
        legend: kinds ? {} : null,
      },
    },
  }
}

export type GroupBar = { readonly group: string; readonly spread: Spread; readonly marked?: boolean }

export type GroupsChart = {
  readonly description: string
  readonly bars: readonly GroupBar[]
}

/** Accuracies side by side, each with its lowest and highest seed; the lowest group is marked. */
export const groupsChart = ({ description, bars }: GroupsChart): TopLevelSpec => {
  // By position, because two groups may be shown alike.
  const values = bars.map(({ group, spread, marked = false }, at) => ({
    at: String(at),
    name: shownName(group, 22),
    ...spread,
    label: `${(100 * spread.mean).toFixed(1)} %`,
    colour: marked ? MARKED : BAR,
  }))
  const y = {
    field: 'at',
    type: 'nominal',
    sort: null,
    scale: { domain: values.map(({ at }) => at), paddingInner: 0.25 },
    axis: null,
  } as const
  const x = { type: 'quantitative' as const, scale: { domain: [0, 1], nice: false }, axis: X_AXIS }
  const several = values.some(({ count }) => count > 1)
  return {
    description,
    config: PLOT_CONFIG,
    width: PLOT_WIDTH - 90,
    height: { step: 22 },
    data: { values },
    layer: [
      {
        mark: { type: 'bar', aria: false },
        encoding: {
          y,
          x: { ...x, field: 'mean' },
          color: { field: 'colour', type: 'nominal', scale: null, legend: null },
        },
      },
      {
        mark: { type: 'rule', color: INK, strokeWidth: several ? 1.6 : 0, aria: false },
        encoding: { y, x: { ...x, field: 'low' }, x2: { field: 'high' } },
      },
      {
        mark: {
          type: 'text',
          align: 'right',
          baseline: 'middle',
          dx: -6,
          fontSize: 12,
          color: INK,
          aria: false,
        },
        encoding: { y, x: { value: 0 }, text: { field: 'name', type: 'nominal' } },
      },
      {
        mark: {
          type: 'text',
          align: 'left',
          baseline: 'middle',
          dx: 5,
          fontSize: 12,
          color: INK,
          aria: false,
        },
        encoding: { y, x: { value: 'width' }, text: { field: 'label', type: 'nominal' } },
      },
    ],
  }
}

const X_AXIS = { title: 'accuracy', format: '.0%', grid: true, tickCount: 5 } as const
