import type { RoundMetrics } from '../round/round.ts'

/**
 * Mean of each metric over the clients that report it, weighted by their examples. Claims are clients' own and may be as
 * large as numbers get: shares are added, so that no sum along the way is larger than what was claimed.
 */
export const weightedMetrics = (
  members: readonly { receipt: { examples: number; metrics: Readonly<Record<string, number>> } }[],
): RoundMetrics => {
  const examplesOf = new Map<string, number>()
  for (const { receipt } of members)
    for (const name of Object.keys(receipt.metrics))
      examplesOf.set(name, (examplesOf.get(name) ?? 0) + receipt.examples)
  const means = Array.from(examplesOf, ([name, examples]): [string, number] => {
    let mean = 0
    for (const { receipt } of members) {
      // Names are the clients' own, and `constructor` is one: what every object has is nobody's metric.
      const value = Object.hasOwn(receipt.metrics, name) ? receipt.metrics[name] : undefined
      if (value !== undefined) mean = finite(mean + value * (receipt.examples / examples))
    }
    return [name, mean]
  })
  return Object.fromEntries(means.sort())
}

/** Rounding can still carry a sum over the edge, and JSON has no infinity: the round could not be saved. */
const finite = (value: number): number => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value))
