import type { RoundView, TaskView } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { useRestPages } from '../../api/use-rest.ts'
import { formatDuration } from '../../format/duration.ts'
import { formatCount, formatMeasure } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PhaseBadge } from '../../ui/round-badge.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { FromNow, Until } from '../../ui/time.tsx'
import { abandonedInWords } from '../round/reasons.ts'
import { ROUND_FILTERS, roundsAs } from './round-filters.ts'

/** A task's rounds, newest first. */
export const RoundsTab = ({ task }: { task: TaskView }) => {
  const [filter, setFilter] = useSearchValue('phase')
  const rounds = useRestPages('/tasks/{task}/rounds', { path: { task: task.id } })
  return (
    <>
      <div className="filters">
        <label>
          Rounds
          <select
            value={ROUND_FILTERS.find((each) => each === filter) ?? 'all'}
            onChange={({ target }) => setFilter(target.value === 'all' ? '' : target.value)}
          >
            {ROUND_FILTERS.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        </label>
      </div>
      <Answered query={rounds}>
        {({ items }) => (
          <DataTable
            label="Rounds"
            columns={COLUMNS}
            rows={roundsAs(filter, items)}
            rowKey={({ id }) => id}
            onEnd={rounds.readOn}
            empty={
              items.length === 0 ? (
                <EmptyState title="No round yet">
                  <FirstRound task={task} />
                </EmptyState>
              ) : (
                <EmptyState title={`No round is ${filter}`}>
                  <button type="button" className="link" onClick={() => setFilter('')}>
                    Show all rounds
                  </button>
                  {rounds.hasNextPage && (
                    <>
                      {' '}
                      or{' '}
                      <button type="button" className="link" onClick={rounds.readOn}>
                        read older ones
                      </button>
                    </>
                  )}
                </EmptyState>
              )
            }
          />
        )}
      </Answered>
    </>
  )
}

/** What has to happen before a task's first round. */
const FirstRound = ({ task }: { task: TaskView }) => {
  if (!task.latestModel) return <>Rounds wait for the first weights: import them on the tab Models.</>
  const begins =
    task.schedule.kind === 'manual'
      ? 'One begins when somebody triggers it, above.'
      : 'The schedule begins one; it can also be triggered above.'
  return (
    <>
      {begins} It needs clients that are online: <Link href="/clients?tab=invitations">invite some</Link>{' '}
      first.
    </>
  )
}

const COLUMNS: readonly Column<RoundView>[] = [
  {
    name: 'round',
    title: 'Round',
    width: 90,
    cell: ({ task, number }) => <Link href={`/tasks/${task}/rounds/${number}`}>{number}</Link>,
    order: ({ number }) => number,
  },
  {
    name: 'phase',
    title: 'Phase',
    width: 130,
    cell: ({ phase }) => <PhaseBadge phase={phase} />,
    order: ({ phase }) => phase,
  },
  {
    name: 'received',
    title: 'Updates',
    width: 120,
    numeric: true,
    cell: (round) =>
      'tally' in round
        ? `${formatCount(round.tally.received)} of ${formatCount(round.tally.invited)}`
        : `wants ${formatCount(round.wanted)}`,
    order: (round) => ('tally' in round ? round.tally.received : null),
  },
  {
    name: 'version',
    title: 'Version',
    width: 130,
    cell: (round) =>
      round.phase === 'completed' ? (
        <Link href={`/tasks/${round.task}/models/${round.version.version}`}>
          {round.base.version} → {round.version.version}
        </Link>
      ) : (
        <span className="help">from {round.base.version}</span>
      ),
    order: (round) => (round.phase === 'completed' ? round.version.version : null),
  },
  {
    name: 'took',
    title: 'Took',
    width: 110,
    numeric: true,
    cell: (round) => (tookMs(round) === null ? '' : formatDuration(tookMs(round) ?? 0)),
    order: (round) => tookMs(round),
  },
  {
    name: 'opened',
    title: 'Opened',
    width: 120,
    cell: ({ openedAt }) => <FromNow at={openedAt} />,
    order: ({ openedAt }) => openedAt,
  },
  { name: 'outcome', title: 'Outcome', cell: (round) => <Outcome round={round} /> },
]

const tookMs = (round: RoundView): number | null =>
  'endedAt' in round ? Date.parse(round.endedAt) - Date.parse(round.openedAt) : null

const Outcome = ({ round }: { round: RoundView }) => {
  if (round.phase === 'abandoned') {
    const words = `${abandonedInWords(round.reason)}${round.detail === '' ? '' : `: ${round.detail}`}`
    return <span title={words}>{words}</span>
  }
  if (round.phase === 'completed')
    return Object.entries(round.metrics)
      .slice(0, 3)
      .map(([name, value]) => `${name} ${formatMeasure(value)}`)
      .join(' · ')
  if ('deadlineAt' in round)
    return (
      <>
        <Until at={round.deadlineAt} /> to the deadline
      </>
    )
  return null
}
