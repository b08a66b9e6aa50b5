import type { RoundDetail } from '@tributary/protocols/rest'
import { formatMeasure } from '../../format/number.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Panel } from '../../ui/panel.tsx'
import { meansSoFar } from './means-so-far.ts'

/** What the round measured; while it goes on, the means over what is in. */
export const RoundMetrics = ({ round }: { round: RoundDetail }) => {
  const completed = round.phase === 'completed'
  const metrics = completed ? round.metrics : meansSoFar(round.members)
  const names = Object.keys(metrics).toSorted()
  return (
    <Panel title={completed ? 'Metrics' : 'Metrics so far'}>
      {names.length === 0 ? (
        <EmptyState title="No metrics">
          {completed
            ? 'Clients told none, or they are under the mask of secure aggregation.'
            : 'They come with the updates.'}
        </EmptyState>
      ) : (
        <>
          <Facts facts={names.map((name) => [name, formatMeasure(metrics[name] ?? Number.NaN)] as const)} />
          <p className="help">Means over the updates, weighted by examples, as clients measured them.</p>
        </>
      )}
    </Panel>
  )
}
