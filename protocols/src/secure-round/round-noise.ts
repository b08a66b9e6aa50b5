/** What a round of a task costs of its privacy: the noise that it is charged with before it begins. */

import type { RoundNoise } from '../privacy/accounting/noise.ts'
import { type DistributedPlan, noiseOfPlan } from '../privacy/mechanisms/distributed-plan.ts'
import type { DifferentialPrivacySpec } from '../privacy/privacy-spec.ts'
import type { PromisedPrivacy } from '../privacy/rule-of-spec.ts'
import { manifestOf, secureGroupsOf, type TaskFile, travelling } from '../task/index.ts'
import { totalElements } from '../tensors/index.ts'
import { sentValues } from '../updates/compression/sizes.ts'
import { sharesPlan } from './shares-plan.ts'

type Distributed = Extract<DifferentialPrivacySpec, { mechanism: 'distributed' }>

/** What a task promises of differential privacy, if anything. */
export const promisedPrivacyOf = ({ privacy }: Pick<TaskFile, 'privacy'>): PromisedPrivacy | undefined => {
  const spec = privacy.differentialPrivacy
  return spec && spec.mechanism !== 'none' ? spec : undefined
}

/** Shares of the noise that are sure to be in a sum: the quorum less those that may leave theirs out. */
export const survivorsOf = ({ dishonest }: Pick<Distributed, 'dishonest'>, quorum: number): number =>
  Math.max(1, quorum - Math.ceil(dishonest * quorum))

/**
 * The noise of one of the task's rounds.
 * @throws RangeError where noise in shares cannot be sized for so many clients and bits.
 */
export const noiseOfRound = (file: TaskFile, spec: PromisedPrivacy): RoundNoise =>
  spec.mechanism === 'distributed'
    ? noiseOfPlan(planOfShares(file, spec))
    : { kind: 'gaussian', multiplier: spec.noiseMultiplier }

/** As the clients of a round size it, from its manifest. */
const planOfShares = (file: TaskFile, spec: Distributed): DistributedPlan => {
  const { model, cohort, privacy, compression } = travelling(file)
  if (privacy.mode !== 'secure-aggregation')
    throw new RangeError('noise in shares goes with secure aggregation')
  const { clipping } = spec
  // Each group's sum is opened by itself, so each has all the noise.
  const { least, most } = secureGroupsOf(cohort, privacy)
  return sharesPlan({
    noise: spec.noise,
    length: sentValues(totalElements(manifestOf(model)), compression),
    clipNorm: clipping.clipNorm,
    countNoise: clipping.kind === 'adaptive' ? clipping.countNoise : undefined,
    noiseMultiplier: spec.noiseMultiplier,
    clients: most,
    survivors: survivorsOf(spec, least),
    modulusBits: privacy.bits,
  })
}
