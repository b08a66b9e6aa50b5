import type { MemberView } from '@tributary/protocols/rest'
import { useMemo, useRef } from 'react'
import { Link } from 'wouter'
import { formatMeasure } from '../../format/number.ts'
import { shortId } from '../../format/short-id.ts'
import { Bytes } from '../../ui/bytes.tsx'
import { Chart } from '../../ui/chart.tsx'
import type { ChartSeries } from '../../ui/chart-options.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Figure, Figures } from '../../ui/figures.tsx'
import { histogram } from '../../ui/histogram.ts'
import { Panel } from '../../ui/panel.tsx'
import { medianOf, OUTLYING, outliersOf } from './norm-outliers.ts'

type Received = Extract<MemberView, { status: 'received' }>

/** What came in: how large, how long, and whose update is like no other. */
export const Updates = ({ members, secure }: { members: readonly MemberView[]; secure: boolean }) => {
  const received = useSame(members.filter((member) => member.status === 'received'))
  return (
    <Panel title="Updates">
      {received.length === 0 ? (
        <EmptyState title="No update is in">Sizes and norms show here as updates come.</EmptyState>
      ) : (
        <>
          <Sizes received={received} />
          <Norms received={received} secure={secure} />
        </>
      )}
    </Panel>
  )
}

/** The earlier list as long as the same items are in it: progress of others draws no chart anew. */
const useSame = <Item,>(items: readonly Item[]): readonly Item[] => {
  const kept = useRef(items)
  const same = kept.current.length === items.length && items.every((item, i) => item === kept.current[i])
  if (!same) kept.current = items
  return kept.current
}

const Sizes = ({ received }: { received: readonly Received[] }) => {
  const bytes = received.map((member) => member.bytes)
  return (
    <Figures>
      <Figure name="Bytes received" note="of sealed updates">
        <Bytes of={bytes.reduce((sum, each) => sum + each, 0)} />
      </Figure>
      <Figure name="An update, median">
        <Bytes of={Math.round(medianOf(bytes))} />
      </Figure>
      <Figure name="The largest">
        <Bytes of={bytes.reduce((most, each) => Math.max(most, each))} />
      </Figure>
    </Figures>
  )
}

const Norms = ({ received, secure }: { received: readonly Received[]; secure: boolean }) => {
  const normed = useMemo(
    () => received.flatMap(({ client, norm }) => (norm === undefined ? [] : [{ client, norm }])),
    [received],
  )
  const outliers = useMemo(() => outliersOf(normed), [normed])
  const { x, series } = useMemo(() => {
    // One norm of a thousand times the others would leave them a single bar.
    const outlying = new Set(outliers.map(({ client }) => client))
    return barsOf(normed.flatMap(({ client, norm }) => (outlying.has(client) ? [] : [norm])))
  }, [normed, outliers])
  if (normed.length === 0)
    return (
      <p className="help">
        {secure
          ? 'Norms of single updates are under the mask of secure aggregation.'
          : 'Norms are not kept where updates carry noise or are compressed.'}
      </p>
    )
  return (
    <>
      <Chart
        title={
          outliers.length === 0 ? 'Update norms (L2)' : 'Update norms (L2), but for those that stand out'
        }
        across="norm"
        x={x}
        series={series}
        height={180}
      />
      {outliers.length === 0 ? (
        <p className="help">No norm stands out (robust z of at most {OUTLYING}).</p>
      ) : (
        <div className="outliers">
          <p>
            {outliers.length === 1 ? 'One norm stands' : `${outliers.length} norms stand`} out (robust z above{' '}
            {OUTLYING}):
          </p>
          <ul>
            {outliers.slice(0, 20).map(({ client, norm, score }) => (
              <li key={client}>
                <Link href={`/clients/${client}`}>{shortId(client)}</Link> norm {formatMeasure(norm)}, z{' '}
                {formatMeasure(score)}
              </li>
            ))}
          </ul>
          {outliers.length > 20 && <p className="help">and {outliers.length - 20} more, less far out</p>}
        </div>
      )}
    </>
  )
}

const barsOf = (norms: readonly number[]): { x: readonly number[]; series: readonly ChartSeries[] } => {
  const { edges, counts } = histogram(
    norms,
    Math.min(40, Math.max(8, Math.ceil(2 * Math.cbrt(norms.length)))),
  )
  return {
    x: counts.map((_, i) => ((edges[i] ?? 0) + (edges[i + 1] ?? 0)) / 2),
    series: [{ label: 'updates', values: counts, kind: 'bars' }],
  }
}
