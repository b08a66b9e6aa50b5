import type { RoundView } from '@tributary/protocols/rest'

export type State = 'done' | 'now' | 'ahead' | 'failed'
export type Step = { name: string; state: State }
type SessionStep = NonNullable<Extract<RoundView, { phase: 'training' }>['step']>

const PHASES = ['selecting', 'training', 'aggregating', 'completed'] as const

/** How far a round has come, as steps; of an abandoned one, where it ended. */
export const stepsOf = (round: RoundView): readonly Step[] => {
  if (round.phase === 'completed') return PHASES.map((name) => ({ name, state: 'done' }))
  if (round.phase === 'abandoned') {
    // It does not say in which phase that happened: nobody was invited while it was selecting.
    const before = PHASES.slice(0, round.tally.invited === 0 ? 1 : 2)
    return [...before.map((name): Step => ({ name, state: 'done' })), { name: 'abandoned', state: 'failed' }]
  }
  return stepsTo(PHASES, round.phase)
}

/** Of secure aggregation, while clients train; what it waits for is named as the protocol does, with what that is. */
export const sessionSteps = (step: SessionStep, { confirmed }: { confirmed: boolean }): readonly Step[] => {
  const steps: readonly SessionStep[] = ['advertising', 'sharing', 'masking', 'confirming', 'unmasking']
  return stepsTo(
    steps.filter((each) => each !== 'confirming' || confirmed || step === 'confirming'),
    step,
  ).map(({ name, state }) => ({ name: SESSION_WORDS[name as SessionStep], state }))
}

const SESSION_WORDS: Record<SessionStep, string> = {
  advertising: 'advertising keys',
  sharing: 'sharing secrets',
  masking: 'masking: clients train',
  confirming: 'confirming survivors',
  unmasking: 'unmasking the sum',
}

const stepsTo = <Name extends string>(names: readonly Name[], current: Name): readonly Step[] => {
  const at = names.indexOf(current)
  return names.map((name, i) => ({ name, state: i < at ? 'done' : i === at ? 'now' : 'ahead' }))
}
