import type { RoundView } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { FromNow, Until } from '../../ui/time.tsx'
import { abandonedInWords } from './reasons.ts'

type State = 'done' | 'now' | 'ahead' | 'failed'
type Step = { name: string; state: State }

const SESSION = ['advertising', 'sharing', 'masking', 'confirming', 'unmasking'] as const

/** How far a round has come, as steps; of an abandoned one, where it ended. */
export const stepsOf = (round: RoundView): readonly Step[] => {
  const names = ['selecting', 'training', 'aggregating', 'completed']
  const at = round.phase === 'abandoned' ? lastPhaseOf(round) : names.indexOf(round.phase)
  const steps = names.map((name, index): Step => {
    if (index < at || round.phase === 'completed') return { name, state: 'done' }
    return { name, state: index === at ? 'now' : 'ahead' }
  })
  return round.phase === 'abandoned' ? [...steps.slice(0, at), { name: 'abandoned', state: 'failed' }] : steps
}

/** An abandoned round does not say in which phase that happened; nobody was invited while it was selecting. */
const lastPhaseOf = ({ tally }: Extract<RoundView, { phase: 'abandoned' }>): number =>
  tally.invited === 0 ? 1 : 2

export const RoundSteps = ({ round }: { round: RoundView }) => (
  <section className="panel round-head" aria-label="Progress of the round">
    <ol className="steps">
      {stepsOf(round).map(({ name, state }) => (
        <li
          key={name}
          className={`step step-${state}`}
          aria-current={state === 'now' || state === 'failed' ? 'step' : undefined}
        >
          <span className="step-sign" aria-hidden="true">
            {SIGNS[state]}
          </span>
          {name}
          {state === 'done' && <span className="unseen"> (done)</span>}
        </li>
      ))}
    </ol>
    {round.phase === 'training' && round.step && <SessionSteps step={round.step} />}
    <p className="round-said">
      <Said round={round} />
    </p>
  </section>
)

const SIGNS: Record<State, string> = { done: '✓', now: '◐', ahead: '○', failed: '■' }

const SessionSteps = ({ step }: { step: (typeof SESSION)[number] }) => (
  <ol className="steps steps-small" aria-label="Steps of secure aggregation">
    {SESSION.map((name, index) => {
      const at = SESSION.indexOf(step)
      const state = index < at ? 'done' : index === at ? 'now' : 'ahead'
      return (
        <li key={name} className={`step step-${state}`} aria-current={state === 'now' ? 'step' : undefined}>
          <span className="step-sign" aria-hidden="true">
            {SIGNS[state]}
          </span>
          {name}
        </li>
      )
    })}
  </ol>
)

const Said = ({ round }: { round: RoundView }) => {
  switch (round.phase) {
    case 'selecting':
      return (
        <>
          Waits for {round.wanted} clients to be free; <Countdown at={round.deadlineAt} />
        </>
      )
    case 'training':
      return (
        <>
          Clients train from version {round.base.version}; <Countdown at={round.deadlineAt} />
        </>
      )
    case 'aggregating':
      return <>The updates are being made into a version.</>
    case 'completed':
      return (
        <>
          Made{' '}
          <Link href={`/tasks/${round.task}/models/${round.version.version}`}>
            version {round.version.version}
          </Link>{' '}
          of version {round.base.version}, <FromNow at={round.endedAt} />.
        </>
      )
    case 'abandoned':
      return (
        <>
          Abandoned <FromNow at={round.endedAt} />: {abandonedInWords(round.reason)}
          {round.detail !== '' && <> “{round.detail}”</>}
        </>
      )
    default: {
      const never: never = round
      return never
    }
  }
}

const Countdown = ({ at }: { at: string }) => (
  <>
    <b className="countdown">
      <Until at={at} />
    </b>{' '}
    to the deadline
  </>
)
