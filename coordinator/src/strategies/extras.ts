import type { Extras } from './strategy.ts'

/** The names under which clients claim what strategies need beside a delta, among their metrics. */
const CLAIMED_AS = { steps: 'steps', initialLoss: 'initial-loss' } as const

/** The most steps that a claim may name: an update counts for as many. */
const MOST_STEPS = 2 ** 31

/**
 * What a strategy needs beside a delta, from claims and from the tensors behind the delta; or which one is missing or no such number, in
 * words for the client.
 */
export const extrasIn = (
  needs: readonly (keyof Extras)[],
  metrics: Readonly<Record<string, number>>,
  control?: Float32Array,
): Partial<Extras> | { missing: string } => {
  const extras: Partial<Extras> = {}
  for (const name of needs) {
    if (name === 'control') {
      if (!control) return { missing: 'no claim holds a control variate' }
      extras.control = control
      continue
    }
    const claimed = metrics[CLAIMED_AS[name]]
    const least = name === 'steps' ? 1 : 0
    const most = name === 'steps' ? MOST_STEPS : Number.MAX_VALUE
    if (claimed === undefined || !(claimed >= least && claimed <= most))
      return { missing: `the metric ${CLAIMED_AS[name]} is to be a number from ${least} on` }
    extras[name] = claimed
  }
  return extras
}

/** What the strategy said it needs. Throws a `RangeError` where the update does not bring it: it is to be refused before. */
export const brought = <Name extends keyof Extras>(update: Partial<Extras>, name: Name): Extras[Name] => {
  const value: Partial<Extras>[Name] = update[name]
  if (value === undefined) throw new RangeError(`the strategy needs ${name} of each update`)
  return value
}
