/** What this client trained last, where rounds may follow in which it is summed again, weighed anew. In memory, and nowhere else. */
import type { Digest, RoundId } from '@tributary/protocols'
import type { Manifest } from '@tributary/protocols/secagg'
import { deltaOf } from './delta.ts'

type Trained = {
  /** In which it was trained. */
  round: RoundId
  /** Digest of the assignment that it was trained by. */
  plan: Digest
  /** The weights as they were sent: received weights and the delta, clipped and held to the round's range. */
  weights: Float32Array
  /** How often it may be summed again. */
  left: number
}

export type KeptTraining = {
  /** Keeps this, and nothing that was kept before. */
  keep(trained: Trained): void
  /** So many clients were in the sum of that round, by the list that this client opened it for. */
  summed(round: RoundId, survivors: number): void
  /** Forgets all of it; or of that round alone. */
  forget(round?: RoundId): void
  /** Whether there is what such a round asks for. */
  has(manifest: Manifest): boolean
  /** Why this client would not send it again in such a round. */
  objectionTo(manifest: Manifest): string | undefined
  /** Kept minus received weights, once for each time that it may be summed; `undefined` where there is an objection. */
  deltaFrom(manifest: Manifest, received: Float32Array): Float32Array | undefined
}

export const createKeptTraining = (): KeptTraining => {
  let kept: (Trained & { survivors: number | undefined }) | undefined

  const forget = (round?: RoundId) => {
    if (!kept || (round !== undefined && kept.round !== round)) return
    kept.weights.fill(0)
    kept = undefined
  }

  const objectionTo = ({ refines, plan, cohort }: Manifest): string | undefined => {
    if (!kept || kept.round !== refines || kept.survivors === undefined)
      return 'what is to be summed again is not kept'
    if (kept.plan !== plan) return 'what is to be summed again was trained by another plan'
    if (kept.left < 1) return 'it has been summed as often as the task says'
    // Over fewer, the difference of the two sums would be of a few clients alone.
    if (cohort.least !== kept.survivors || cohort.most !== kept.survivors)
      return `the sum would be over ${cohort.least} to ${cohort.most} clients, and the first was over ${kept.survivors}`
    return undefined
  }

  return {
    keep(trained) {
      forget()
      kept = { ...trained, survivors: undefined }
    },
    summed(round, survivors) {
      if (kept?.round === round) kept.survivors = survivors
    },
    forget,
    has: ({ refines }) => kept !== undefined && kept.round === refines && kept.survivors !== undefined,
    objectionTo,
    deltaFrom(manifest, received) {
      if (!kept || objectionTo(manifest)) return undefined
      const delta = deltaOf(kept.weights, received)
      kept.left -= 1
      if (kept.left === 0) forget()
      return delta
    },
  }
}
