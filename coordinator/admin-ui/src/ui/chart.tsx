import { useEffect, useId, useRef, useState } from 'react'
import uPlot from 'uplot'
import 'uplot/dist/uPlot.min.css'
import { formatMeasure } from '../format/number.ts'
import { type ChartSeries, plotData, plotOptions } from './chart-options.ts'
import { ScrollFrame } from './scroll-frame.tsx'
import './chart.css'

export type ChartProps = {
  title: string
  /** What the horizontal axis counts, as in `round`. */
  across: string
  /** Ascending. */
  x: readonly number[]
  series: readonly ChartSeries[]
  /** Of the vertical axis. Values at or below zero do not show on a logarithmic one. */
  scale?: 'linear' | 'log'
  height?: number
}

/** Lines, bands and bars over numbers; the same as a table for those who cannot see it or want the numbers. */
export const Chart = (props: ChartProps) => {
  const [asTable, setAsTable] = useState(false)
  const titleId = useId()
  return (
    <figure className="chart" aria-labelledby={titleId}>
      <figcaption>
        <span id={titleId}>{props.title}</span>
        <button type="button" className="link" aria-pressed={asTable} onClick={() => setAsTable(!asTable)}>
          Show as {asTable ? 'chart' : 'table'}
        </button>
      </figcaption>
      {asTable ? <AsTable {...props} /> : <Plot {...props} />}
    </figure>
  )
}

const Plot = ({ title, across, x, series, scale = 'linear', height = 240 }: ChartProps) => {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const [theme, setTheme] = useState(0)
  const columns = plotData(x, series)
  /** What makes another chart of it, other than new numbers. */
  const shape = JSON.stringify([
    across,
    x.every(Number.isInteger),
    scale,
    height,
    series.map(({ values, ...look }) => look),
    theme,
  ])

  useEffect(() => onThemeChange(() => setTheme((count) => count + 1)), [])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` says what of the properties makes another chart; numbers are set below.
  useEffect(() => {
    const element = place.current
    if (!element) return
    const width = element.clientWidth
    const options = plotOptions({ across, x, series, scale, height, width, style: getComputedStyle(element) })
    const made = new uPlot(options, columns, element)
    plot.current = made
    const resize = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height }))
    resize.observe(element)
    return () => {
      resize.disconnect()
      made.destroy()
      plot.current = undefined
    }
  }, [shape])
  // biome-ignore lint/correctness/useExhaustiveDependencies: `columns` follows from these two.
  useEffect(() => plot.current?.setData(columns), [x, series])

  return (
    <div
      ref={place}
      className="plot"
      role="img"
      aria-label={`${title}. The button above shows its numbers.`}
    />
  )
}

const AsTable = ({ title, across, x, series }: ChartProps) => (
  <ScrollFrame label={title} long>
    <table className="table">
      <thead>
        <tr>
          <th scope="col" className="number">
            {across}
          </th>
          {series.map(({ label }) => (
            <th key={label} scope="col" className="number">
              {label}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {x.map((at, index) => (
          <tr key={at}>
            <th scope="row" className="number">
              {formatMeasure(at)}
            </th>
            {series.map(({ label, values }) => (
              <td key={label} className="number">
                {wordOf(values[index])}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  </ScrollFrame>
)

const wordOf = (value: number | null | undefined): string => (value == null ? '' : formatMeasure(value))

/** Canvases do not follow the tokens by themselves. */
const onThemeChange = (changed: () => void): (() => void) => {
  const system = matchMedia('(prefers-color-scheme: dark)')
  system.addEventListener('change', changed)
  const chosen = new MutationObserver(changed)
  chosen.observe(document.documentElement, { attributeFilter: ['data-theme'] })
  return () => {
    system.removeEventListener('change', changed)
    chosen.disconnect()
  }
}
