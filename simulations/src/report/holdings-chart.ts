import type { TopLevelSpec } from 'vega-lite'
import type { Holdings } from '../partitions/holdings.ts'
import { renderChart } from './chart.ts'

export type HoldingsChartOptions = {
  readonly title: string
  /** What the labels are: `digit`, `hospital`. */
  readonly labelName?: string
  /** In the order of `counts`; numbers from 0 where they are left out. */
  readonly clients?: readonly string[]
}

/** Bars can be told apart up to here, colours too. */
const MOST_BARS = 50
const MOST_COLOURS = 20
const MOST_COLUMNS = 150
const WIDTH = 860

/**
 * Who holds what, as self-contained SVG: a bar a client, stacked by label; where clients or labels are too many for that, a
 * matrix of bubbles whose areas are rows, and where there are more than 150 clients, of neighbours' means.
 */
export const holdingsChart = (holdings: Holdings, options: HoldingsChartOptions): Promise<string> =>
  renderChart(holdingsSpec(holdings, options))

export const holdingsSpec = (
  holdings: Holdings,
  { title, labelName = 'label', clients }: HoldingsChartOptions,
): TopLevelSpec => {
  const { labels, counts } = holdings
  const names = clients ?? counts.map((_, client) => String(client))
  const bars = counts.length <= MOST_BARS && labels.length <= MOST_COLOURS
  const perColumn = bars ? 1 : Math.max(1, Math.ceil(counts.length / MOST_COLUMNS))
  const columns = Array.from({ length: Math.ceil(counts.length / perColumn) }, (_, column) =>
    counts.slice(column * perColumn, (column + 1) * perColumn),
  )
  const values = columns.flatMap((group, column) =>
    labels.flatMap((label, order) => {
      const rows = group.reduce((sum, own) => sum + (own[order] ?? 0), 0) / group.length
      return rows > 0 ? [{ client: names[column * perColumn] ?? '', label, order, rows }] : []
    }),
  )
  return {
    title: { text: title, subtitle: subtitleOf(holdings) },
    description: `${title}: rows of each ${labelName} that each client holds`,
    data: { values },
    ...(bars
      ? barsOf(names, labels, labelName)
      : matrixOf(
          columns.map((_, column) => names[column * perColumn] ?? ''),
          labels,
          labelName,
          perColumn,
        )),
  }
}

type Plot = Pick<Extract<TopLevelSpec, { mark: unknown }>, 'width' | 'height' | 'mark' | 'encoding'>

const subtitleOf = ({ counts }: Holdings): string => {
  const sizes = counts.map((own) => own.reduce((a, b) => a + b, 0)).sort((a, b) => a - b)
  const text = (value: number | undefined) => (value ?? 0).toLocaleString('en-US')
  const total = sizes.reduce((a, b) => a + b, 0)
  return `${text(counts.length)} clients, ${text(total)} rows; ${text(sizes[0])} to ${text(sizes.at(-1))} a client, median ${text(sizes[Math.floor(sizes.length / 2)])}`
}

const barsOf = (clients: readonly string[], labels: readonly string[], labelName: string): Plot => ({
  width: WIDTH,
  height: 320,
  mark: { type: 'bar', stroke: 'white', strokeWidth: 0.4 },
  encoding: {
    x: {
      field: 'client',
      type: 'nominal',
      scale: { domain: [...clients], paddingInner: 0.12 },
      axis: { title: 'client', labelAngle: labelAngle(clients), labelLimit: 200, grid: false },
    },
    y: { field: 'rows', type: 'quantitative', stack: 'zero', axis: { title: 'rows', format: ',d' } },
    color: {
      field: 'label',
      type: 'nominal',
      scale: { domain: [...labels], scheme: labels.length <= 10 ? 'tableau10' : 'tableau20' },
      legend: { title: labelName },
    },
    order: { field: 'order', type: 'quantitative' },
  },
})

const matrixOf = (
  columns: readonly string[],
  labels: readonly string[],
  labelName: string,
  perColumn: number,
): Plot => {
  const step = WIDTH / Math.max(1, columns.length)
  const rowHeight = Math.max(11, Math.min(26, 640 / Math.max(1, labels.length)))
  const most = Math.min(rowHeight, 22) ** 2
  return {
    width: WIDTH,
    height: Math.round(rowHeight * labels.length),
    mark: { type: 'circle', opacity: 0.72, color: '#2f6db5' },
    encoding: {
      x: {
        field: 'client',
        type: 'nominal',
        scale: { type: 'point', domain: [...columns], padding: 0.5 },
        axis: {
          title: perColumn === 1 ? 'client' : `client, the mean of ${perColumn} in a column`,
          values: columns.filter((_, column) => column % Math.ceil(26 / step) === 0),
          labelAngle: labelAngle(columns.slice(0, 40)),
          labelLimit: 200,
          grid: false,
        },
      },
      y: {
        field: 'label',
        type: 'nominal',
        scale: { type: 'point', domain: [...labels], padding: 0.5 },
        axis: { title: labelName, grid: true, labelLimit: 240 },
      },
      size: {
        field: 'rows',
        type: 'quantitative',
        scale: { type: 'linear', domainMin: 0, range: [0, most] },
        legend: { title: perColumn === 1 ? 'rows' : 'rows, mean' },
      },
    },
  }
}

/** Upright where names are short enough to stand side by side. */
const labelAngle = (names: readonly string[]): number => {
  const longest = names.reduce((most, name) => Math.max(most, name.length), 0)
  return longest * 7 > WIDTH / Math.max(1, names.length) ? -45 : 0
}
