import type { Loader } from 'vega'
import type { TopLevelSpec } from 'vega-lite'

/** One look for every picture of a report; it names no font that has to be fetched. */
const LOOK = {
  background: 'white',
  font: 'system-ui, sans-serif',
  title: { anchor: 'start', fontSize: 14, fontWeight: 600, subtitleColor: '#555', subtitlePadding: 4 },
  axis: { labelColor: '#444', titleColor: '#444', titleFontWeight: 'normal', gridColor: '#eee' },
  legend: { labelColor: '#444', titleColor: '#444', titleFontWeight: 'normal' },
  view: { stroke: null },
} as const

/**
 * A chart as SVG text that stands alone: no script, no style sheet, nothing that is fetched. The same chart gives the same
 * text. Vega is loaded when the first chart is drawn, because it takes half a second that a run without pictures need not wait.
 * @throws Error when the chart names a file or an address: that is a mistake of ours.
 */
export const renderChart = async (chart: TopLevelSpec): Promise<string> => {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')])
  const { spec } = compile(chart, { config: LOOK })
  vega.resetSVGDefIds()
  // Vega draws on without what it could not load, so that refusing alone would leave an empty picture.
  const named: string[] = []
  const view = new vega.View(vega.parse(spec), {
    renderer: 'none',
    logLevel: vega.None,
    loader: loaderOf((uri) => named.push(uri)),
  })
  try {
    const svg = await view.toSVG()
    if (named.length > 0) throw new Error(`a chart may not fetch ${named.join(', ')}`)
    return svg
  } finally {
    view.finalize()
  }
}

/** Fetches nothing, and tells what it was asked for. */
const loaderOf = (tell: (uri: string) => void): Loader => {
  const refuse = async (uri: string): Promise<never> => {
    tell(uri)
    throw new Error(`not fetched: ${uri}`)
  }
  return { load: refuse, sanitize: refuse, http: refuse, file: refuse }
}
