import { valueMultiplier } from '@tributary/protocols/privacy'
import { promisedPrivacyOf } from '@tributary/protocols/secure-round'
import {
  hasRoomForVote,
  hasSealedVote,
  manifestOf,
  type TaskFile,
  travelling,
  WITHIN_TENSOR,
} from '@tributary/protocols/task'
import { totalElements } from '@tributary/protocols/tensors'
import { isRefusal, type Mistake } from '../refusal.ts'
import { chargeRound } from './charge-round.ts'

const AT = 'privacy.differentialPrivacy'

/** Above this the grid of the coordinator's noise would swallow the deltas: see `createCentralSum`. */
const GRID = 2 ** 24 / 8

/** Why no round of this task could keep what it promises of differential privacy. */
export const privacyMistakes = (whole: TaskFile): Mistake[] => {
  const file = travelling(whole)
  const spec = promisedPrivacyOf(file)
  if (!spec) return []
  const { clipping, noiseMultiplier: multiplier } = spec
  if (hasSealedVote(file.privacy) && !hasRoomForVote(file.model))
    return [
      {
        path: 'model.tensors',
        message: `where the norm follows the clients an update has one tensor more, ${WITHIN_TENSOR}: leave it its name and a place`,
      },
    ]
  if (spec.mechanism === 'central' && spec.sampling.kind === 'poisson')
    return [
      {
        path: `${AT}.sampling.kind`,
        message:
          'this coordinator draws cohorts of a fixed size from whoever is there, and that is no Poisson sampling: choose none',
      },
    ]
  if (spec.mechanism !== 'distributed') {
    const most = GRID / Math.sqrt(totalElements(manifestOf(file.model)))
    const ofValues = clipping.kind === 'adaptive' ? valueMultiplier({ ...clipping, multiplier }) : multiplier
    if (ofValues > most)
      return [
        {
          path: `${AT}.noiseMultiplier`,
          message: `at most ${Number(most.toPrecision(4))} with so many parameters: the noise would drown every delta`,
        },
      ]
  }
  try {
    const first = chargeRound(file, undefined, 1)
    return isRefusal(first)
      ? [{ path: `${AT}.budget`, message: `the first round would pass it: ${first.detail}` }]
      : []
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return [{ path: AT, message: error.message }]
  }
}
