/** The task of a trial: what its plan says of privacy, and nobody's time ever up unless somebody is to be lost by it. */
import { TaskId } from '@tributary/protocols'
import type { TaskFileInput } from '@tributary/protocols/task'
import { vectorTask } from '../fleet/test-tasks.ts'
import { clientsOf, FIXED_TENSORS, MOST_EXAMPLES, RANGE } from './fixed-clients.ts'
import type { Plan, Privacy } from './plan.ts'

export const TASK = TaskId.parse('fixed')
/** Fewest clients in the sum of a secure round: any more than the others may be lost. */
export const LEAST = 3

/** Noise in shares: what is left of one client under it can still be told from its absence, over a whole vector. */
export const NOISE = { clipNorm: 50, noiseMultiplier: 0.07 } as const

const PATIENT_SECONDS = 86_400

export const fixedTask = ({ privacy }: Plan): TaskFileInput =>
  vectorTask({
    id: TASK,
    clients: clientsOf(privacy),
    ...(privacy.mode === 'sealed' ? {} : { quorum: LEAST }),
    tensors: FIXED_TENSORS,
    selectionSeconds: PATIENT_SECONDS,
    trainingSeconds: privacy.mode !== 'sealed' && privacy.lost.how === 'stalled' ? 5 : PATIENT_SECONDS,
    privacy: protectionOf(privacy),
  })

const protectionOf = (privacy: Privacy): TaskFileInput['privacy'] => {
  if (privacy.mode === 'sealed') return { mode: 'sealed' }
  const { mode, unmasking, noise } = privacy
  return {
    mode,
    audience: 'demo',
    unmasking,
    // Of five, three are enough to open the sum.
    corrupt: 0,
    range: RANGE,
    maxExamples: MOST_EXAMPLES,
    stepSeconds: PATIENT_SECONDS,
    ...(noise === 'distributed' && {
      differentialPrivacy: {
        mechanism: noise,
        budget: { epsilon: 1_000, delta: 0.01 },
        participation: { most: 3 },
        noiseMultiplier: NOISE.noiseMultiplier,
        clipping: { kind: 'fixed', clipNorm: NOISE.clipNorm },
        dishonest: 0,
      },
    }),
  }
}
