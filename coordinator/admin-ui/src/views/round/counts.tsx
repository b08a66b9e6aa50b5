import type { RoundView } from '@tributary/protocols/rest'
import type { CohortPolicy } from '@tributary/protocols/task'
import { formatCount } from '../../format/number.ts'
import { Panel } from '../../ui/panel.tsx'

/** Updates that are in, against the quorum and the target; and where the rest of the cohort is. */
export const Counts = ({ round, cohort }: { round: RoundView; cohort: CohortPolicy | undefined }) => {
  if (round.phase === 'selecting') return null
  const { invited, accepted, declined, failed, received } = round.tally
  const unanswered = Math.max(0, invited - accepted - declined - failed - received)
  const whole = Math.max(invited, cohort?.target ?? 0, 1)
  const share = (count: number) => `${(100 * count) / whole}%`
  const open = round.phase === 'training'
  const over = 'endedAt' in round
  return (
    <Panel title="Updates against quorum and target">
      <div className="goal">
        <div className="goal-bar" aria-hidden="true">
          <span className="goal-received" style={{ width: share(received) }} />
          <span className="goal-working" style={{ width: share(accepted) }} />
          <span className="goal-unanswered" style={{ width: share(unanswered) }} />
          <span className="goal-gone" style={{ width: share(declined + failed) }} />
        </div>
        {cohort && (
          <div className="goal-lines">
            <Line name="quorum" at={cohort.quorum} whole={whole} met={received >= cohort.quorum} />
            {cohort.target !== cohort.quorum && (
              <Line name="target" at={cohort.target} whole={whole} met={received >= cohort.target} below />
            )}
          </div>
        )}
      </div>
      <ul className="goal-words">
        <Count name="in" sign="goal-received" of={received} />
        <Count name={over ? 'unfinished' : 'at work'} sign="goal-working" of={accepted} />
        <Count name="not answered" sign="goal-unanswered" of={unanswered} />
        <Count name="declined" sign="goal-gone" of={declined} />
        <Count name="failed or dropped" sign="goal-gone" of={failed} />
        <li className="goal-of">of {formatCount(invited)} invited</li>
        {open && cohort && (
          <li className="goal-verdict">
            {received >= cohort.quorum
              ? 'The quorum is met.'
              : received + accepted + unanswered < cohort.quorum
                ? 'The quorum cannot be met any more.'
                : `${formatCount(cohort.quorum - received)} more to the quorum.`}
          </li>
        )}
      </ul>
    </Panel>
  )
}

type LineProps = { name: string; at: number; whole: number; met: boolean; below?: boolean }

const Line = ({ name, at, whole, met, below = false }: LineProps) => (
  <span
    className={`goal-line${met ? ' goal-met' : ''}${below ? ' goal-below' : ''}${at < whole / 5 ? ' goal-left' : ''}`}
    style={{ left: `${(100 * at) / whole}%` }}
  >
    <span>
      {name} {formatCount(at)}
      {met && ' ✓'}
    </span>
  </span>
)

const Count = ({ name, sign, of }: { name: string; sign: string; of: number }) => (
  <li>
    <span className={`key ${sign}`} aria-hidden="true" />
    <b>{formatCount(of)}</b> {name}
  </li>
)
