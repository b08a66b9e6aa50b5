import type { OwnRound, State } from '../state.ts'

const STEPS = ['invited', 'training', 'sealed', 'sent'] as const
const WORDS = {
  invited: 'invited',
  training: 'training here',
  sealed: 'sealed',
  sent: 'sent',
} as const

export const RoundPanel = ({ state }: { state: State }) => (
  <section aria-labelledby="round-title" className="panel round">
    <h2 id="round-title">{state.version === undefined ? 'No model yet' : `Version ${state.version}`}</h2>
    <p role="status" className="standing">
      {standingOf(state)}
    </p>
    <ol className="steps" aria-label="Your part in the round">
      {STEPS.map((step) => (
        <li key={step} data-is={standsAt(state.round, step)}>
          {WORDS[step]}
        </li>
      ))}
    </ol>
    <p className="quiet">
      {state.contributed === 0
        ? 'No round has an update of yours since this page opened.'
        : `${state.contributed} ${state.contributed === 1 ? 'round has' : 'rounds have'} an update of yours since this page opened.`}
    </p>
  </section>
)

const standsAt = (round: OwnRound | undefined, step: (typeof STEPS)[number]): 'done' | 'now' | 'open' => {
  if (!round || round.stage === 'missed') return 'open'
  const [at, own] = [STEPS.indexOf(round.stage), STEPS.indexOf(step)]
  if (own < at || round.stage === 'sent') return 'done'
  return own === at ? 'now' : 'open'
}

const standingOf = ({ airplane, status, lines, round }: State): string => {
  if (airplane) return 'Airplane mode: nothing is sent, and the suggestions still work.'
  switch (status.is) {
    case 'held':
      return `Waiting: ${status.by.map(({ detail }) => detail).join(', ')}.`
    case 'connecting':
      return 'Looking for the coordinator. Suggestions work meanwhile.'
    case 'waiting':
      if (lines === 0) return 'On the line. Write a line, and you can take part in the next round.'
      return round?.stage === 'sent'
        ? `Your update of round ${round.number} is in.`
        : 'On the line, waiting to be asked.'
    case 'invited':
    case 'fetching':
      return 'A round has asked for you.'
    case 'training':
      return 'Learning from your lines, in a worker of this page.'
    case 'submitting':
    case 'unmasking':
      return 'Sealing and sending what was learned.'
    case 'stopped':
      return 'Not taking part.'
    default:
      return 'Not on the line.'
  }
}
