import { requireDelta } from './accounting/requirements.ts'
import { leastWhere } from './arithmetic/bisect.ts'

/** Canaries of one run, each put in or left out by a fair coin, and guesses which; abstaining is allowed. */
export type AuditGuesses = {
  /** Canaries in all. */
  canaries: number
  /** Canaries about which a guess was made. */
  guesses: number
  /** Guesses that were right. */
  correct: number
}

/**
 * A lower bound, at the given confidence, of the ε that a mechanism can have had at `delta`, from one run (Steinke, Nasr and Jagielski 2023,
 * Theorem 5.2): the number of right guesses of an (ε, δ)-private mechanism is no likelier to be great than that of
 * coins of 1/(1 + e^{−ε}), but for δ. A claim below this bound is false; a claim above it is not proved by it. 0 says nothing.
 */
export const auditedEpsilon = (
  audit: AuditGuesses,
  { delta, confidence }: { delta: number; confidence: number },
): number => {
  requireDelta(delta)
  const { canaries, guesses, correct } = audit
  if (![canaries, guesses, correct].every((count) => Number.isInteger(count) && count >= 0))
    throw new RangeError('an audit counts whole canaries, guesses and right ones')
  if (guesses > canaries || correct > guesses)
    throw new RangeError('an audit has no more right guesses than guesses, and no more guesses than canaries')
  if (!(confidence > 0 && confidence < 1))
    throw new RangeError(`confidence is between 0 and 1, not ${confidence}`)
  const plausible = (epsilon: number) => chanceOfSoMany(audit, { epsilon, delta }) > 1 - confidence
  if (plausible(0)) return 0
  return leastWhere(plausible, { guess: 1, most: 1e3 }) ?? 1e3
}

/** The p-value of their Algorithm: P(X ≥ v) + 2mδ max over i of P(v − i ≤ X < v)/i, X binomial of r guesses. */
const chanceOfSoMany = (
  { canaries, guesses, correct }: AuditGuesses,
  { epsilon, delta }: { epsilon: number; delta: number },
): number => {
  const chances = binomial(guesses, 1 / (1 + Math.exp(-epsilon)))
  let atLeast = 0
  for (let x = correct; x <= guesses; x++) atLeast += chances[x] ?? 0
  let sum = 0
  let steepest = 0
  for (let i = 1; i <= correct; i++) {
    sum += chances[correct - i] ?? 0
    steepest = Math.max(steepest, sum / i)
  }
  return Math.min(1, atLeast + 2 * canaries * delta * steepest)
}

const binomial = (trials: number, chance: number): number[] => {
  let log = trials * Math.log1p(-chance)
  const odds = Math.log(chance) - Math.log1p(-chance)
  return Array.from({ length: trials + 1 }, (_, x) => {
    if (x > 0) log += Math.log((trials - x + 1) / x) + odds
    return Math.exp(log)
  })
}
