import type { RoundView, TallyView } from '@tributary/protocols/rest'
import { memo } from 'react'
import { Link } from 'wouter'
import { formatCount, plural } from '../../format/number.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PhaseBadge } from '../../ui/round-badge.tsx'
import { FromNow, Until } from '../../ui/time.tsx'

/** Rounds in flight: how many updates are in, and how much time is left. */
export const OpenRounds = memo(({ rounds }: { rounds: readonly RoundView[] }) => (
  <Panel title="Rounds in flight">
    {rounds.length === 0 ? (
      <EmptyState title="No round in flight">
        One begins by its task's schedule, or by hand on the task's page.{' '}
        <Link href="/tasks">Choose a task</Link>.
      </EmptyState>
    ) : (
      <ul className="open-rounds">
        {rounds.map((round) => (
          <OpenRound key={round.id} round={round} />
        ))}
      </ul>
    )}
  </Panel>
))

const OpenRound = memo(({ round }: { round: RoundView }) => (
  <li className="open-round">
    <Link href={`/tasks/${round.task}/rounds/${round.number}`}>
      {round.task} <span className="round-number">round {round.number}</span>
    </Link>
    <PhaseBadge phase={round.phase} />
    <span className="open-round-time">
      {'deadlineAt' in round ? (
        <>
          <Until at={round.deadlineAt} /> left
        </>
      ) : (
        <>
          opened <FromNow at={round.openedAt} />
        </>
      )}
    </span>
    {round.phase === 'selecting' ? (
      <p>waits for {plural(round.wanted, 'client')}</p>
    ) : (
      <TallyBar tally={round.tally} />
    )}
  </li>
))

/** The cohort in one bar: received, at work, gone. The words beside it say the same. */
const TallyBar = ({ tally }: { tally: TallyView }) => {
  const { invited, accepted, declined, failed, received } = tally
  const share = (count: number) => ({ width: `${invited > 0 ? (100 * count) / invited : 0}%` })
  const gone = declined + failed
  return (
    <div className="tally">
      <div className="tally-bar" aria-hidden="true">
        <span className="tally-received" style={share(received)} />
        <span className="tally-working" style={share(accepted)} />
        <span className="tally-gone" style={share(gone)} />
      </div>
      <p>
        <b>{formatCount(received)}</b> of {formatCount(invited)} received
        {accepted > 0 && <>, {formatCount(accepted)} at work</>}
        {gone > 0 && <>, {formatCount(gone)} declined or failed</>}
      </p>
    </div>
  )
}
