import type { RoundView } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { plural } from '../../format/number.ts'
import { FromNow, Until } from '../../ui/time.tsx'
import { abandonedInWords } from './reasons.ts'
import { type State, type Step, sessionSteps, stepsOf } from './steps.ts'

/** How far a round has come; `confirmed` where survivors of its sums sign who they are before the sums are opened. */
export const RoundSteps = ({ round, confirmed }: { round: RoundView; confirmed: boolean }) => (
  <section className="panel round-head" aria-label="Progress of the round">
    <Steps steps={stepsOf(round)} label="Phases of the round" />
    {round.phase === 'training' && round.step && (
      <Steps steps={sessionSteps(round.step, { confirmed })} label="Steps of secure aggregation" small />
    )}
    <p className="round-said">
      <Said round={round} />
    </p>
  </section>
)

const SIGNS: Record<State, string> = { done: '✓', now: '◐', ahead: '○', failed: '■' }

const Steps = ({
  steps,
  label,
  small = false,
}: {
  steps: readonly Step[]
  label: string
  small?: boolean
}) => (
  <ol className={small ? 'steps steps-small' : 'steps'} aria-label={label}>
    {steps.map(({ name, state }) => (
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
)

const Said = ({ round }: { round: RoundView }) => {
  switch (round.phase) {
    case 'selecting':
      return (
        <>
          Waits for {plural(round.wanted, 'client')} to be free; <Countdown at={round.deadlineAt} />
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
