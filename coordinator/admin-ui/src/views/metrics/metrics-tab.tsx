import type { RoundMetricsView } from '@tributary/protocols/rest'
import { useMemo } from 'react'
import { addressOf } from '../../api/client.ts'
import { useRestPages } from '../../api/use-rest.ts'
import { plural } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Chart } from '../../ui/chart.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Icon } from '../../ui/icon.tsx'
import { Panel } from '../../ui/panel.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { CompareVersions } from './compare-versions.tsx'
import { type Across, fitsLogarithm, metricNames, metricSeries } from './metric-series.ts'
import './metrics.css'

/** What rounds measured, as it lies over their clients, and versions side by side. */
export const MetricsTab = ({ task }: { task: string }) => {
  const metrics = useRestPages('/tasks/{task}/metrics', { path: { task } })
  return (
    <Answered query={metrics}>
      {({ items }) =>
        metricNames(items).length === 0 ? (
          <EmptyState title="No metrics yet">
            {items.length === 0
              ? 'They come with the first round that ends.'
              : 'Clients told none in the rounds that ended. A trainer returns them as metrics of its result.'}
          </EmptyState>
        ) : (
          <div className="metrics">
            <Curve
              task={task}
              rounds={items}
              older={metrics.hasNextPage ? metrics.readOn : undefined}
              reading={metrics.isFetchingNextPage}
            />
            <CompareVersions rounds={items} />
          </div>
        )
      }
    </Answered>
  )
}

type Props = {
  task: string
  rounds: readonly RoundMetricsView[]
  /** Reads older rounds, where there are some. */
  older: (() => void) | undefined
  reading: boolean
}

const Curve = ({ task, rounds, older, reading }: Props) => {
  const [asked, setMetric] = useSearchValue('metric')
  const [by, setBy] = useSearchValue('by')
  const [scale, setScale] = useSearchValue('scale')
  const names = metricNames(rounds)
  const metric = names.includes(asked) ? asked : (names[0] ?? '')
  const across: Across = by === 'version' ? 'version' : 'round'
  const { x, series } = useMemo(() => metricSeries(rounds, metric, across), [rounds, metric, across])
  const banded = series.length > 1
  return (
    <Panel
      title="Over rounds"
      beside={
        <a
          className="with-icon"
          href={addressOf('/tasks/{task}/metrics.csv', { path: { task } })}
          download={`${task}-metrics.csv`}
        >
          <Icon name="download" /> CSV
        </a>
      }
    >
      <div className="filters">
        <label>
          Metric
          <select value={metric} onChange={({ target }) => setMetric(target.value)}>
            {names.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
        <label>
          Across
          <select
            value={across}
            onChange={({ target }) => setBy(target.value === 'version' ? 'version' : '')}
          >
            <option value="round">rounds</option>
            <option value="version">versions</option>
          </select>
        </label>
        <label>
          Axis
          <select
            value={scale === 'log' ? 'log' : 'linear'}
            onChange={({ target }) => setScale(target.value === 'log' ? 'log' : '')}
          >
            <option value="linear">linear</option>
            <option value="log">logarithmic</option>
          </select>
        </label>
      </div>
      <Chart
        title={metric}
        across={across}
        x={x}
        series={series}
        scale={scale === 'log' ? 'log' : 'linear'}
        height={300}
      />
      {scale === 'log' && !fitsLogarithm(series) && (
        <p className="help">Values at or below zero do not show on a logarithmic axis.</p>
      )}
      <p className="help">
        {banded
          ? 'The band holds the middle 80% of clients, each counted once; the mean counts each by its examples.'
          : 'The mean by examples alone: what single clients measured is under the mask of secure aggregation or noise, or was not told.'}
      </p>
      {older && (
        <p className="help">
          The newest {plural(rounds.length, 'round')} that ended.{' '}
          <button type="button" className="link" onClick={older} aria-busy={reading}>
            {reading ? 'Reading…' : 'Read older ones'}
          </button>
        </p>
      )}
    </Panel>
  )
}
