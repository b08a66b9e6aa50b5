import { unreachable } from '../../unreachable.ts'
import { composedMultiplier, gaussianEpsilon } from './analytic-gaussian.ts'
import type { AccountantName, PrivacyClaim } from './claim.ts'
import { composeLosses } from './compose-losses.ts'
import { discreteGaussianRenyi, skellamRenyi } from './discrete-renyi.ts'
import { gaussianRenyi, sampledGaussianRenyi } from './gaussian-renyi.ts'
import type { PrivacyHistory } from './history.ts'
import { epsilonOfLoss } from './loss-epsilon.ts'
import type { RoundNoise } from './noise.ts'
import { sampledGaussianLoss } from './privacy-loss.ts'
import { composeCurves, curveOf, defaultOrders, epsilonOfCurve, wholeOrders } from './renyi-curve.ts'
import { requireCount, requireDelta } from './requirements.ts'
import { treeSensitivitySquared } from './tree-sensitivity.ts'

type Answer = { epsilon: number; accountant: AccountantName }

/**
 * What may be claimed of a history at `delta`. Gaussian noise without sampling is accounted exactly; Poisson sampling by Rényi
 * divergences, or by privacy loss distributions where `accountant` asks for them (tighter, some tenths of a second);
 * noise that clients add, by Rényi divergences. Under `replace` a client counts as twice as long.
 * @throws RangeError where `accountant` cannot account for the history.
 */
export const claimOf = (
  history: PrivacyHistory,
  { delta, accountant }: { delta: number; accountant?: AccountantName },
): PrivacyClaim => {
  requireDelta(delta)
  const answer = answerOf(history, delta, accountant)
  const sampled = history.rule === 'poisson'
  return {
    epsilon: Number.isFinite(answer.epsilon) ? answer.epsilon : null,
    delta,
    unit: 'client',
    relation: sampled ? 'add-or-remove' : history.relation,
    sampling: sampled ? history.sampling : { kind: 'none' },
    participation: sampled ? null : history.participation,
    accountant: answer.accountant,
    rounds: roundsOf(history),
  }
}

const roundsOf = (history: PrivacyHistory): number =>
  history.rule === 'tree'
    ? history.trees.reduce((sum, rounds) => sum + rounds, 0)
    : history.released.reduce((sum, { rounds }) => sum + rounds, 0)

const answerOf = (history: PrivacyHistory, delta: number, accountant: AccountantName | undefined): Answer => {
  switch (history.rule) {
    case 'participations':
      return ofParticipations(history, delta, accountant)
    case 'poisson':
      return ofPoisson(history, delta, accountant ?? 'renyi')
    case 'tree': {
      const { trees, multiplier, relation, participation } = history
      const squared = treeSensitivitySquared({ trees, ...participation })
      const single = multiplier / Math.sqrt(squared) / lengthening(relation)
      return ofOneGaussian(
        squared === 0 ? Number.POSITIVE_INFINITY : single,
        delta,
        accountant ?? 'exact-gaussian',
      )
    }
    default:
      return unreachable(history)
  }
}

const lengthening = (relation: 'zero-out' | 'replace'): number => (relation === 'replace' ? 2 : 1)

const ofParticipations = (
  { participation, relation, released }: PrivacyHistory & { rule: 'participations' },
  delta: number,
  accountant: AccountantName | undefined,
): Answer => {
  for (const { rounds } of released) requireCount('rounds', rounds)
  const longer = lengthening(relation)
  const gaussian = released.flatMap(({ noise, rounds }) =>
    noise.kind === 'gaussian' ? [{ multiplier: noise.multiplier / longer, count: rounds }] : [],
  )
  if (gaussian.length === released.length && accountant !== 'renyi') {
    const worst = mostOf(gaussian, participation.most, ({ multiplier }) => 1 / multiplier ** 2)
    const single = worst.length === 0 ? Number.POSITIVE_INFINITY : composedMultiplier(worst)
    return ofOneGaussian(single, delta, accountant ?? 'exact-gaussian')
  }
  if (accountant === 'exact-gaussian' || accountant === 'privacy-loss-distribution')
    throw new RangeError(`${accountant} accounts for Gaussian noise alone`)
  const orders = gaussian.length === released.length ? defaultOrders : wholeOrders
  const curve = curveOf(orders, (order) =>
    mostOf(
      released.map(({ noise, rounds }) => ({ renyi: renyiOf(order, noise, longer), count: rounds })),
      participation.most,
      ({ renyi }) => renyi,
    ).reduce((sum, { renyi, count }) => sum + count * renyi, 0),
  )
  return { epsilon: epsilonOfCurve(curve, delta).epsilon, accountant: 'renyi' }
}

/** The `most` rounds that cost the most: no client's own rounds cost more, whichever they are. */
const mostOf = <Part extends { count: number }>(
  parts: readonly Part[],
  most: number,
  costOf: (part: Part) => number,
): Part[] => {
  let left = most
  const taken: Part[] = []
  for (const part of parts.toSorted((a, b) => costOf(b) - costOf(a))) {
    const count = Math.min(left, part.count)
    if (count > 0) taken.push({ ...part, count })
    left -= count
  }
  return taken
}

const renyiOf = (order: number, noise: RoundNoise, longer: number): number => {
  switch (noise.kind) {
    case 'gaussian':
      return gaussianRenyi({ order, multiplier: noise.multiplier / longer })
    case 'skellam':
      return skellamRenyi(order, { ...noise, l1: noise.l1 * longer, l2: noise.l2 * longer })
    case 'discrete-gaussian':
      return discreteGaussianRenyi(order, { ...noise, l1: noise.l1 * longer, l2: noise.l2 * longer })
    default:
      return unreachable(noise)
  }
}

const ofOneGaussian = (multiplier: number, delta: number, accountant: AccountantName): Answer => {
  if (multiplier === Number.POSITIVE_INFINITY) return { epsilon: 0, accountant }
  switch (accountant) {
    case 'exact-gaussian':
      return { epsilon: gaussianEpsilon({ delta, multiplier }), accountant }
    case 'renyi': {
      const curve = curveOf(defaultOrders, (order) => gaussianRenyi({ order, multiplier }))
      return { epsilon: epsilonOfCurve(curve, delta).epsilon, accountant }
    }
    case 'privacy-loss-distribution':
      return { epsilon: lossEpsilon([{ multiplier, rounds: 1 }], 1, delta), accountant }
    default:
      return unreachable(accountant)
  }
}

const ofPoisson = (
  { sampling, released }: PrivacyHistory & { rule: 'poisson' },
  delta: number,
  accountant: AccountantName,
): Answer => {
  const { rate } = sampling
  const some = released.filter(({ rounds }) => rounds > 0)
  if (some.length === 0) return { epsilon: 0, accountant }
  switch (accountant) {
    case 'exact-gaussian':
      throw new RangeError('exact-gaussian accounts for noise without sampling alone')
    case 'renyi': {
      const parts = some.map(({ multiplier, rounds }) => ({
        curve: curveOf(defaultOrders, (order) => sampledGaussianRenyi({ order, multiplier, rate })),
        count: rounds,
      }))
      return { epsilon: epsilonOfCurve(composeCurves(parts), delta).epsilon, accountant }
    }
    case 'privacy-loss-distribution':
      return { epsilon: lossEpsilon(some, rate, delta), accountant }
    default:
      return unreachable(accountant)
  }
}

/** The grid errs by about step² a round: this keeps it near 1e-4 in all, and never above 1e-3 a step. */
const stepOf = (rounds: number): number => Math.min(1e-3, 0.01 / Math.sqrt(rounds))

const lossEpsilon = (
  parts: readonly { multiplier: number; rounds: number }[],
  rate: number,
  delta: number,
): number => {
  const step = stepOf(parts.reduce((sum, { rounds }) => sum + rounds, 0))
  const losses = parts.map(({ multiplier, rounds }) => ({
    pair: sampledGaussianLoss({ multiplier, rate, step }),
    count: rounds,
  }))
  const epsilonOf = (direction: 'remove' | 'add') =>
    epsilonOfLoss(composeLosses(losses.map(({ pair, count }) => ({ loss: pair[direction], count }))), delta)
  return Math.max(epsilonOf('remove'), epsilonOf('add'))
}
