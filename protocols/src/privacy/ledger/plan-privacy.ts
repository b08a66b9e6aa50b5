import { unreachable } from '../../unreachable.ts'
import type { PrivacyClaim } from '../accounting/claim.ts'
import { claimOf } from '../accounting/claim-of.ts'
import { requireCount, requireDelta, requireMultiplier } from '../accounting/requirements.ts'
import { leastWhere } from '../arithmetic/bisect.ts'
import { valueMultiplier } from '../mechanisms/adaptive-clip.ts'
import { historyOf } from './history-of.ts'
import type { ReleaseRule } from './release-rule.ts'

/** What is to be planned: either the noise is given and ε is asked for, or the other way round. */
export type PrivacyQuestion = {
  rule: ReleaseRule
  delta: number
  /** Rounds that the task is to have. */
  rounds: number
  noise: { kind: 'multiplier'; multiplier: number } | { kind: 'target'; epsilon: number }
  /** Where the noise is added: once by the coordinator, in shares by the clients, or in full by each client. */
  place: { at: 'coordinator' } | { at: 'clients-in-shares'; survivors: number } | { at: 'each-client' }
  /** Parameters of the model. */
  parameters: number
  /** Of the values of a delta those that travel, drawn anew each round (random-k), above 0 to 1; left out, all of them. */
  sentShare?: number
  /** Updates that a round aggregates. */
  cohort: number
  /** σ_b, where the norm follows the clients: the noise on the count of those within it, which leaves less of the multiplier for the values. */
  countNoise?: number
  /** Clients in the population, where known: δ is held against it. */
  population?: number
}

/**
 * `learns`: the noise on a round's mean is no longer than a whole clipped delta. `slow`: up to ten times as long; many rounds average it out
 * (Gboard's models learn at 0.8). `drowns`: beyond that.
 */
export type PrivacyVerdict = 'learns' | 'slow' | 'drowns'

export type PrivacyPlan = {
  /** z, a round. */
  multiplier: number
  /** z of the noise on the values: above `multiplier` where the norm follows the clients, else the same. */
  valueMultiplier: number
  claim: PrivacyClaim
  /** C over the length of the noise on the mean, as if what is not sent were made up for: n / (z √d) for noise that the coordinator adds. */
  signalToNoise: number
  /** Updates a round at which the two are alike. */
  cohortForSignal: number
  verdict: PrivacyVerdict
  /** Sentences for whoever decides: why the verdict, and what in the claim is weak. */
  reasons: readonly string[]
}

/**
 * What differential privacy will cost a task, before it begins.
 * @throws RangeError where the rule has no account of Gaussian noise at these numbers, no noise reaches the target, or the count alone would cost
 * as much as the round.
 */
export const planPrivacy = (question: PrivacyQuestion): PrivacyPlan => {
  const { delta, rounds, parameters, cohort, noise } = question
  requireDelta(delta)
  for (const [what, count] of Object.entries({ rounds, parameters, cohort })) {
    requireCount(what, count)
    if (count === 0) throw new RangeError(`${what} must be at least 1`)
  }
  const multiplier = noise.kind === 'multiplier' ? noise.multiplier : multiplierFor(question, noise.epsilon)
  requireMultiplier(multiplier)
  const claim = claimAt(question, multiplier)
  const { countNoise } = question
  const ofValues = countNoise === undefined ? multiplier : valueMultiplier({ multiplier, countNoise })
  const noiseOnMean = ofValues * Math.sqrt(parameters) * noiseOfOne(question)
  const signalToNoise = 1 / noiseOnMean
  const verdict = signalToNoise >= 1 ? 'learns' : signalToNoise >= 0.1 ? 'slow' : 'drowns'
  const cohortForSignal = cohortFor(question, ofValues)
  const plan = {
    multiplier,
    valueMultiplier: ofValues,
    claim,
    signalToNoise,
    cohortForSignal,
    verdict,
  } as const
  return { ...plan, reasons: reasonsFor(question, plan) }
}

/** The standard deviation of the noise on the mean, a coordinate, for z = C = 1. */
const noiseOfOne = ({ place, cohort, sentShare = 1 }: PrivacyQuestion): number => {
  switch (place.at) {
    case 'coordinator':
      // The noise is on every value, those that were not sent among them.
      return 1 / (cohort * sentShare)
    case 'clients-in-shares':
      requireCount('survivors', place.survivors)
      if (place.survivors < 1 || place.survivors > cohort)
        throw new RangeError(`survivors is from 1 to the cohort of ${cohort}, not ${place.survivors}`)
      // Shares are sized for the survivors alone; where more come there is more noise.
      return Math.sqrt(cohort / place.survivors / sentShare) / cohort
    case 'each-client':
      return 1 / Math.sqrt(cohort * sentShare)
    default:
      return unreachable(place)
  }
}

const cohortFor = (
  { place, parameters, cohort, sentShare = 1 }: PrivacyQuestion,
  multiplier: number,
): number => {
  const length = multiplier * Math.sqrt(parameters)
  switch (place.at) {
    case 'coordinator':
      return Math.ceil(length / sentShare)
    case 'clients-in-shares':
      return Math.ceil(length * Math.sqrt(cohort / place.survivors / sentShare))
    case 'each-client':
      return Math.ceil(length ** 2 / sentShare)
    default:
      return unreachable(place)
  }
}

const claimAt = ({ rule, delta, rounds }: PrivacyQuestion, multiplier: number): PrivacyClaim => {
  const released = [{ noise: { kind: 'gaussian', multiplier } as const, rounds, upTo: rounds }]
  const history = historyOf(rule, released)
  if (history === undefined) throw new RangeError('the rule has no account of Gaussian noise')
  return claimOf(history, { delta, ...(rule.rule === 'poisson' ? { accountant: rule.accountant } : {}) })
}

/** Privacy loss distributions take tenths of a second each, so their noise is found to a thousandth, upwards. */
const multiplierFor = (question: PrivacyQuestion, epsilon: number): number => {
  if (!(epsilon > 0)) throw new RangeError(`a target ε is above 0, not ${epsilon}`)
  const { rule } = question
  const slow = rule.rule === 'poisson' && rule.accountant === 'privacy-loss-distribution'
  const holds = (multiplier: number) =>
    (claimAt(question, multiplier).epsilon ?? Number.POSITIVE_INFINITY) <= epsilon
  const multiplier = leastWhere(holds, { guess: 1, most: 1e6, precision: slow ? 1e-3 : 1e-9 })
  if (multiplier === undefined) throw new RangeError(`no noise multiplier up to 1e6 gives ε = ${epsilon}`)
  return multiplier
}

const reasonsFor = (question: PrivacyQuestion, plan: Omit<PrivacyPlan, 'reasons'>): string[] => {
  const { cohort, parameters, population, delta, rule } = question
  const { epsilon } = plan.claim
  const reasons = [
    `the noise on a round's mean is ${short(1 / plan.signalToNoise)} times as long as the longest delta; it is as long with ${plan.cohortForSignal} updates a round, and there are ${cohort}`,
  ]
  if (question.countNoise !== undefined)
    reasons.push(
      `the norm follows the clients: the share of them within it is told to ${short(question.countNoise / cohort)} a round (one standard deviation), which makes the noise on the values ${short((plan.valueMultiplier / plan.multiplier - 1) * 100)}% wider`,
    )
  if (question.sentShare !== undefined && question.sentShare < 1)
    reasons.push(
      `${short(100 * question.sentShare)}% of a delta's values travel: what the others lose beside the noise is counted in`,
    )
  if (plan.verdict !== 'learns')
    reasons.push(
      `train fewer than the ${parameters} parameters, invite more clients, let each take part less often, or begin from a model trained on public data`,
    )
  if (epsilon === null) reasons.push(`no finite ε was found at δ = ${delta}`)
  else if (epsilon > 10)
    reasons.push(
      `ε = ${short(epsilon)} promises a client little: 10 is often called the most that means anything`,
    )
  if (population !== undefined && delta * population >= 1)
    reasons.push(
      `δ = ${delta} is not below one in ${population} clients: it allows some client to be revealed outright`,
    )
  if (rule.rule === 'poisson')
    reasons.push(
      'the claim holds only while each client is sampled by an independent secret coin and nobody else is let in',
    )
  else
    reasons.push(
      `the claim holds only while no client takes part more than ${rule.participation.most} times, by its own record`,
    )
  return reasons
}

const short = (value: number): string => String(Number(value.toPrecision(3)))
