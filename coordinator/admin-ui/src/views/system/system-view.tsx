import type { SystemView as System } from '@tributary/protocols/rest'
import { useMemo } from 'react'
import { useRest } from '../../api/use-rest.ts'
import { formatDuration } from '../../format/duration.ts'
import { formatCount, plural } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Bytes } from '../../ui/bytes.tsx'
import { Chart } from '../../ui/chart.tsx'
import type { ChartSeries } from '../../ui/chart-options.ts'
import { Facts } from '../../ui/figures.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { FromNow, Time } from '../../ui/time.tsx'
import { type History, secondsBefore, useHistory } from './history.ts'
import { Readiness } from './readiness.tsx'
import './system.css'

const LOOK_MS = 5_000
const MB = 1_000_000

/** How the process that answers is doing, and what it keeps. */
export const SystemView = () => {
  const system = useRest('/system', undefined, { everyMs: LOOK_MS })
  const history = useHistory(system.data)
  return (
    <>
      <PageHeader title="System" />
      <Answered query={system}>
        {(reading) => (
          <div className="system">
            <Readiness />
            <ProcessFacts system={reading} />
            <StorageFacts storage={reading.storage} />
            <Drawn
              title="Memory, MB"
              history={history}
              of={[
                ['resident', ({ memory }) => memory.rss / MB],
                ['heap', ({ memory }) => memory.heapUsed / MB],
                ['external', ({ memory }) => memory.external / MB],
              ]}
            />
            <Drawn
              title="Event loop, ms late"
              history={history}
              of={[
                ['mean', ({ eventLoopDelayMs }) => eventLoopDelayMs.mean],
                ['99th percentile', ({ eventLoopDelayMs }) => eventLoopDelayMs.p99],
                ['largest', ({ eventLoopDelayMs }) => eventLoopDelayMs.max],
              ]}
            />
            <Drawn
              title="Queue"
              history={history}
              of={[
                ['decisions waiting', ({ queue }) => queue.decisions],
                ['uploads going on', ({ queue }) => queue.uploads],
              ]}
            />
            <Drawn
              title="Lines"
              history={history}
              of={[
                ['clients', ({ lines }) => lines.participants],
                ['consoles', ({ lines }) => lines.admins],
              ]}
            />
            <Elsewhere />
          </div>
        )}
      </Answered>
    </>
  )
}

const ProcessFacts = ({ system }: { system: System }) => {
  const { version, node, startedAt, at, memory, eventLoopDelayMs, queue, lines, processes } = system
  return (
    <Panel title="Process">
      <Facts
        facts={[
          ['Version', version],
          ['Node', node],
          [
            'Started',
            <span key="started">
              <Time at={startedAt} /> (<FromNow at={startedAt} />)
            </span>,
          ],
          ['Read', <FromNow key="read" at={at} />],
          ['Memory', <Bytes key="memory" of={memory.rss} />],
          [
            'Event loop, late by',
            `${formatDuration(eventLoopDelayMs.mean)} on average, ${formatDuration(eventLoopDelayMs.p99)} at the 99th percentile`,
          ],
          ['Decisions waiting', formatCount(queue.decisions)],
          ['Uploads going on', formatCount(queue.uploads)],
          ['Lines', `${plural(lines.participants, 'client')}, ${plural(lines.admins, 'console')}`],
          [
            'Among processes',
            processes.others === 0
              ? 'alone'
              : `with ${plural(processes.others, 'other')}; this one drives ${plural(processes.tasksDriven, 'task')}`,
          ],
        ]}
      />
    </Panel>
  )
}

const StorageFacts = ({ storage }: { storage: System['storage'] }) => {
  const size = (bytes: number | null) => (bytes === null ? 'cannot be told' : <Bytes of={bytes} />)
  return (
    <Panel title="Storage">
      <Facts
        facts={[
          ['Database', storage.database],
          ['Takes', size(storage.databaseBytes)],
          ['Blobs', storage.blobs],
          ['Models take', size(storage.modelBytes)],
          ['Updates take', size(storage.updateBytes)],
          ['Room left', storage.freeBytes === null ? 'nothing is kept in a folder' : size(storage.freeBytes)],
        ]}
      />
    </Panel>
  )
}

type Measure = readonly [label: string, of: (reading: System) => number]

/** A small chart of what was read since the page was opened. */
const Drawn = ({ title, history, of }: { title: string; history: History; of: readonly Measure[] }) => {
  const x = useMemo(() => secondsBefore(history), [history])
  // biome-ignore lint/correctness/useExhaustiveDependencies: which measures a chart draws does not change.
  const series = useMemo(
    (): readonly ChartSeries[] =>
      of.map(([label, measure]) => ({ label, kind: 'line', values: history.map(measure) })),
    [history],
  )
  return (
    <section className="panel">
      {history.length < 2 ? (
        <div className="drawn-soon">
          <h2>{title}</h2>
          <p className="help">
            Drawn from the second reading on, every five seconds while this page is open.
          </p>
        </div>
      ) : (
        <Chart title={title} across="seconds before now" x={x} series={series} height={150} />
      )}
    </section>
  )
}

const Elsewhere = () => (
  <Panel title="Elsewhere">
    <ul className="elsewhere">
      <li>
        <a href="/metrics">Metrics</a> for Prometheus; a dashboard and alert rules lie in{' '}
        <code>docs/operations</code>.
      </li>
      <li>
        <a href="/docs/">The REST interface</a>, described and to be tried.
      </li>
      <li>
        <a href="/readyz">Readiness</a> and <a href="/healthz">health</a>, as monitors see them.
      </li>
      <li>
        <code>tributary doctor</code> looks deeper, and <code>tributary backup</code> makes a copy while it
        runs: <code>docs/operations/operate.md</code>.
      </li>
    </ul>
  </Panel>
)
