import * as z from 'zod/mini'
import type { PrivacyClaim } from '../accounting/claim.ts'
import { claimOf } from '../accounting/claim-of.ts'
import { RoundNoise } from '../accounting/noise.ts'
import { PrivacyBudget } from '../accounting/terms.ts'
import { historyOf, type Released } from './history-of.ts'
import { ReleaseRule } from './release-rule.ts'
import { countOfRounds, holdsRound, RoundSet, withRound } from './round-set.ts'

/**
 * A task's privacy ledger: small JSON that follows from which rounds were charged with which noise, not from the order of the charges.
 * Store the charged ledger in the commit that begins the round: a round that was charged stays charged, whatever becomes of it.
 */
export const PrivacyLedger = z.strictObject({
  version: z.literal(1),
  budget: PrivacyBudget,
  rule: ReleaseRule,
  charged: z.array(z.strictObject({ noise: RoundNoise, rounds: RoundSet })),
})
export type PrivacyLedger = z.infer<typeof PrivacyLedger>

export type Charge =
  | { kind: 'charged'; ledger: PrivacyLedger; spent: PrivacyClaim }
  | { kind: 'refused'; reason: ChargeRefusal; spent: PrivacyClaim }

/**
 * `budget-exhausted`: with this round more would be spent than the budget. `charged-otherwise`: the round was charged with another
 * noise. `noise-not-of-rule`: the rule has no account of such noise.
 */
export type ChargeRefusal = 'budget-exhausted' | 'charged-otherwise' | 'noise-not-of-rule'

export const openLedger = (budget: PrivacyBudget, rule: ReleaseRule): PrivacyLedger =>
  PrivacyLedger.parse({ version: 1, budget, rule, charged: [] })

/**
 * Charges a round before it begins. The same round with the same noise again changes nothing; what it may not be is refused,
 * with what was spent without it. `round`: its number within the task, from 1.
 */
export const charge = (
  ledger: PrivacyLedger,
  { round, noise }: { round: number; noise: RoundNoise },
): Charge => {
  const spent = spentOf(ledger)
  const known = ledger.charged.find(({ rounds }) => holdsRound(rounds, round))
  if (known !== undefined)
    return keyOf(known.noise) === keyOf(noise)
      ? { kind: 'charged', ledger, spent }
      : { kind: 'refused', reason: 'charged-otherwise', spent }
  const charged = withCharge(ledger, { round, noise })
  const claim = claimOfReleased(charged, releasedOf(charged))
  if (claim === undefined) return { kind: 'refused', reason: 'noise-not-of-rule', spent }
  if (!isWithin(ledger.budget, claim)) return { kind: 'refused', reason: 'budget-exhausted', spent }
  return { kind: 'charged', ledger: charged, spent: claim }
}

/** What the charged rounds add up to, at the budget's δ. */
export const spentOf = (ledger: PrivacyLedger): PrivacyClaim => {
  const claim = claimOfReleased(ledger, releasedOf(ledger))
  if (claim === undefined) throw new Error('a ledger holds only noise that its rule accounts for')
  return claim
}

/** As many searched for; a task of more rounds does not exist. */
const mostRounds = 2 ** 20

/** Rounds of this noise that the budget still allows after the last one charged; `unlimited` where none ever exceeds it. */
export const roundsLeft = (ledger: PrivacyLedger, noise: RoundNoise): number | 'unlimited' => {
  const released = releasedOf(ledger)
  const last = released.reduce((most, { upTo }) => Math.max(most, upTo), 0)
  const allows = (more: number): boolean => {
    const claim = claimOfReleased(ledger, merged([...released, { noise, rounds: more, upTo: last + more }]))
    return claim !== undefined && isWithin(ledger.budget, claim)
  }
  const most = ledger.rule.rule === 'tree' ? mostRounds - last : mostRounds
  let high = 1
  while (high < most && allows(high)) high = Math.min(2 * high, most)
  if (high === most && allows(most)) return 'unlimited'
  let low = Math.floor(high / 2)
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (allows(middle)) low = middle
    else high = middle
  }
  return low
}

const isWithin = ({ epsilon }: PrivacyBudget, claim: PrivacyClaim): boolean =>
  claim.epsilon !== null && claim.epsilon <= epsilon

const claimOfReleased = (ledger: PrivacyLedger, released: readonly Released[]): PrivacyClaim | undefined => {
  const history = historyOf(ledger.rule, released)
  const accountant = ledger.rule.rule === 'poisson' ? { accountant: ledger.rule.accountant } : {}
  return history && claimOf(history, { delta: ledger.budget.delta, ...accountant })
}

const releasedOf = ({ charged }: PrivacyLedger): Released[] =>
  charged.map(({ noise, rounds }) => ({
    noise,
    rounds: countOfRounds(rounds),
    upTo: rounds.at(-1)?.last ?? 0,
  }))

/** One entry a noise. */
const merged = (released: readonly Released[]): Released[] => {
  const byNoise = new Map<string, Released>()
  for (const each of released) {
    const before = byNoise.get(keyOf(each.noise))
    const rounds = each.rounds + (before?.rounds ?? 0)
    byNoise.set(keyOf(each.noise), {
      noise: each.noise,
      rounds,
      upTo: Math.max(each.upTo, before?.upTo ?? 0),
    })
  }
  return [...byNoise.values()]
}

const withCharge = (
  ledger: PrivacyLedger,
  { round, noise }: { round: number; noise: RoundNoise },
): PrivacyLedger => {
  const others = ledger.charged.filter((entry) => keyOf(entry.noise) !== keyOf(noise))
  const same = ledger.charged.find((entry) => keyOf(entry.noise) === keyOf(noise))
  const charged = [
    ...others,
    { noise: RoundNoise.parse(noise), rounds: withRound(same?.rounds ?? [], round) },
  ]
  return PrivacyLedger.parse({
    ...ledger,
    charged: charged.sort((a, b) => (keyOf(a.noise) < keyOf(b.noise) ? -1 : 1)),
  })
}

/** Alike for noises that are equal, whatever the order of their fields. */
const keyOf = (noise: RoundNoise): string =>
  Object.entries(noise)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join(' ')
