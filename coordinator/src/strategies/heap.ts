import { combined, notFinite, stepped, tooFew } from './combined.ts'
import type { Beginning, ClientUpdate, HeapStrategy, StrategyState, Uncombined } from './strategy.ts'

/** Updates in the order of their clients' ids, all finite and as long as the base, `least` of them or more. */
type Round = Beginning & { updates: readonly ClientUpdate[]; rows: readonly Float32Array[] }

/** What a rule makes of the deltas: one delta, and what it wants to have again next round; or why it makes none. */
type Made = { delta: Float32Array; state?: StrategyState } | Uncombined

/**
 * A rule over all deltas, and a step along what it makes of them: w' = w + η · rule(Δ₁ … Δₙ). Every client counts alike: examples are a client's own
 * claim, and a rule that stands liars must not hand them the weights. NaN would pass for a number beyond infinity in the order that medians go by, so
 * one client's NaN is refused here by name.
 */
export const heap = ({
  serverLearningRate,
  least,
  rule,
}: {
  serverLearningRate: number
  least: number
  rule(round: Round): Made
}): HeapStrategy => ({
  kind: 'heap',
  least,
  needs: [],
  combine({ updates: arrived, ...beginning }) {
    const { kernels, base } = beginning
    if (arrived.length < least)
      return tooFew(`the rule needs at least ${least} updates, and there are ${arrived.length}`)
    const updates = [...arrived].sort((a, b) => (a.client < b.client ? -1 : 1))
    for (const { client, delta } of updates) {
      if (delta.length !== base.length)
        throw new RangeError(`a delta of ${delta.length} values for a model of ${base.length}`)
      if (kernels.firstNonFinite(delta) >= 0)
        return notFinite(`the update of client ${client} holds NaN or infinity`)
    }
    const made = rule({ ...beginning, updates, rows: updates.map(({ delta }) => delta) })
    if ('kind' in made) return made
    const { delta, ...rest } = made
    return combined(kernels, { weights: stepped(beginning, delta, serverLearningRate), ...rest })
  },
})
