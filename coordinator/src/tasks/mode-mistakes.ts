import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import { carriedByClients, type Schedule, type TaskFile } from '@tributary/protocols/task'
import type { Mistake } from '../refusal.ts'
import { strategyOf } from '../strategies/registry.ts'

const SYNCHRONOUS = 'mode.kind synchronous'
const FOLDS = 'fedavg, fedavgm, fedadagrad, fedadam, fedyogi, fednova or norm-bounding'

/** Why rounds of this task cannot run into each other. */
export const modeMistakes = (file: TaskFile): Mistake[] => {
  const { mode, strategy, privacy, cohort } = file
  if (mode.kind !== 'buffered') return []
  const mistakes: Mistake[] = modeScheduleMistakes(file)
  const at = (path: string, message: string) => void mistakes.push({ path, message })
  if (privacy.mode === 'secure-aggregation')
    at(
      'privacy.mode',
      `clients whose updates are masked have to finish together, and in buffered rounds they come and go: choose sealed, or ${SYNCHRONOUS}`,
    )
  else if (promisedPrivacyOf(file))
    at(
      'privacy.differentialPrivacy',
      `a round is charged for those who train from its base, and in buffered rounds its updates are trained from others: leave the promise out, or choose ${SYNCHRONOUS}`,
    )
  const why = whyNotBuffered(strategy)
  if (why) at('strategy.name', `${why}: choose ${FOLDS}, or ${SYNCHRONOUS}`)
  if (mode.concurrency < cohort.quorum)
    at(
      'mode.concurrency',
      `${mode.concurrency} clients at a time may not make a quorum of ${cohort.quorum} in the time of one training: raise it to ${cohort.quorum}, or lower cohort.quorum`,
    )
  return mistakes
}

/** What schedules say of when rounds begin, buffered ones do not leave open: each follows the one before it at once. */
export const modeScheduleMistakes = ({
  mode,
  schedule,
}: Pick<TaskFile, 'mode'> & { schedule: Schedule }): Mistake[] => {
  if (mode.kind !== 'buffered') return []
  const message = `whoever is at work when a buffered round ends is counted by the next one, which has to begin at once: choose continuous without a pause, or ${SYNCHRONOUS}`
  if (schedule.kind !== 'continuous') return [{ path: 'schedule.kind', message }]
  return schedule.pauseSeconds > 0 ? [{ path: 'schedule.pauseSeconds', message }] : []
}

const whyNotBuffered = (spec: TaskFile['strategy']): string | undefined => {
  const { name } = spec
  if (name === 'rfa')
    return 'rfa sums what the same clients trained several times, and buffered rounds have no cohort'
  if (carriedByClients(spec))
    return `${name} corrects each client by what it kept of the round before, and in buffered rounds clients are apart by several versions`
  if (name === 'q-fedavg')
    return 'q-fedavg weighs clients by their losses under the same weights, and in buffered rounds each is given others'
  return strategyOf(spec).kind === 'heap'
    ? `${name} compares updates with each other, and in buffered rounds they start from different weights`
    : undefined
}
