import {
  type DistributedPlan,
  type DistributedSettings,
  distributedPlan,
  planAtNorm,
} from '../privacy/mechanisms/distributed-plan.ts'
import { votedNorm } from '../privacy/mechanisms/vote.ts'

/**
 * Grid and noise of a round whose clients add noise in shares, `length` values of a delta and, where `countNoise` is given, a vote behind
 * them. The noise in grid steps of rounds with votes is the same whatever their norm, so that each is charged alike.
 * @throws RangeError as `distributedPlan` and `valueMultiplier` do.
 */
export const sharesPlan = ({
  countNoise,
  ...settings
}: DistributedSettings & { countNoise?: number | undefined }): DistributedPlan => {
  if (countNoise === undefined) return distributedPlan(settings)
  const { length, clipNorm, noiseMultiplier } = settings
  const atOne = distributedPlan({ ...settings, length: length + 1, clipNorm: 1 })
  return planAtNorm(atOne, votedNorm({ clipNorm, noiseMultiplier, countNoise }))
}
