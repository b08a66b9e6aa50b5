import type { RoundMeasures } from '../../insight/task-metrics.ts'
import { csvLine } from '../csv.ts'
import { roundMetricsView } from './round-metrics-view.ts'

/** One line a round and metric, so that columns do not depend on what clients call their metrics. */
export const METRICS_HEADER = csvLine([
  'round',
  'number',
  'outcome',
  'version',
  'opened_at',
  'ended_at',
  'invited',
  'received',
  'examples',
  'bytes',
  'metric',
  'mean',
  'clients',
  'min',
  'p10',
  'median',
  'p90',
  'max',
])

/** A round that measured nothing has one line, without a metric. */
export const metricsLines = (measures: RoundMeasures): string => {
  const view = roundMetricsView(measures)
  const { round, number, outcome, version, openedAt, endedAt, invited, received, examples, bytes } = view
  const head = [round, number, outcome, version, openedAt, endedAt, invited, received, examples, bytes]
  const metrics = [...new Set([...Object.keys(view.means), ...Object.keys(view.bands)])].toSorted()
  if (metrics.length === 0) return csvLine([...head, ...Array<null>(8).fill(null)])
  return metrics
    .map((metric) => {
      const band = Object.hasOwn(view.bands, metric) ? view.bands[metric] : undefined
      const mean = Object.hasOwn(view.means, metric) ? view.means[metric] : undefined
      const { clients, min, p10, median, p90, max } = { ...band }
      return csvLine([...head, metric, mean, clients, min, p10, median, p90, max])
    })
    .join('')
}
