import uPlot from 'uplot'
import { formatMeasure } from '../format/number.ts'

export type ChartSeries = {
  label: string
  /** One for each x; null where there is none. */
  values: readonly (number | null)[]
  kind: 'line' | 'bars' | 'points'
  /** Which of the six colours of the tokens, from 1; lines of one thing share theirs. */
  colour?: number
  /** Fills the room between this line and the line of that label. */
  bandTo?: string
}

type Look = {
  across: string
  x: readonly number[]
  series: readonly ChartSeries[]
  scale: 'linear' | 'log'
  height: number
  width: number
  /** Where the tokens are read. */
  style: CSSStyleDeclaration
}

/** Columns as uPlot reads them; what a logarithmic axis cannot show is uPlot's to leave out. */
export const plotData = (x: readonly number[], series: readonly ChartSeries[]): uPlot.AlignedData => [
  [...x],
  ...series.map(({ values }) => [...values]),
]

export const plotOptions = ({ across, x, series, scale, height, width, style }: Look): uPlot.Options => {
  const token = (name: string) => style.getPropertyValue(name).trim()
  const colourOf = ({ colour }: ChartSeries, index: number) => token(`--chart-${colour ?? (index % 6) + 1}`)
  const axis = {
    stroke: token('--quiet'),
    grid: { stroke: token('--line'), width: 1 },
    ticks: { stroke: token('--line'), width: 1 },
    font: `12px ${style.fontFamily}`,
    labelFont: `12px ${style.fontFamily}`,
  }
  return {
    width,
    height,
    scales: {
      x: { time: false, ...(series.some(({ kind }) => kind === 'bars') && { range: aroundBars(x) }) },
      y: { distr: scale === 'log' ? 3 : 1 },
    },
    axes: [
      { ...axis, label: across, labelSize: 18, ...(x.every(Number.isInteger) && { incrs: WHOLE }) },
      {
        ...axis,
        size: 64,
        values: (_, ticks) => ticks.map((tick) => (tick === null ? '' : formatMeasure(tick))),
      },
    ],
    series: [
      { label: across },
      ...series.map((one, index): uPlot.Series => {
        const stroke = colourOf(one, index)
        return {
          label: one.label,
          stroke,
          width: one.bandTo === undefined ? 2 : 1,
          value: (_, value) => (value === null ? '–' : formatMeasure(value)),
          ...(one.kind === 'bars' && { fill: `${stroke}66`, points: { show: false }, ...barPaths() }),
          ...(one.kind === 'points' && { width: 0, points: { show: true, size: 6, fill: stroke } }),
        }
      }),
    ],
    bands: series.flatMap((one, index) => {
      const other = series.findIndex(({ label }) => label === one.bandTo)
      return other < 0
        ? []
        : [{ series: [index + 1, other + 1] as [number, number], fill: `${colourOf(one, index)}33` }]
    }),
    cursor: { points: { size: 7 } },
  }
}

/** Steps of an axis of whole numbers: there is no round 1.5. */
const WHOLE = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 100_000, 1_000_000]

/** Half a bar more on either side, so that the outermost are whole. */
const aroundBars =
  ([first = 0, second = first + 1]: readonly number[]) =>
  (_: uPlot, min: number, max: number): [number, number] => [
    min - (second - first) / 2,
    max + (second - first) / 2,
  ]

const barPaths = (): Pick<uPlot.Series, 'paths'> => {
  const paths = uPlot.paths.bars?.({ size: [0.9, 64] })
  return paths ? { paths } : {}
}
