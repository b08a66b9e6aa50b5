import type { ClientId } from '@tributary/protocols'
import type { Kernels } from '@tributary/protocols/kernels'

/** One client's update, opened: `delta` is trained minus received weights, flat, in manifest order. */
export type ClientUpdate = { client: ClientId; delta: Float32Array; examples: number }

/** What a fold takes in: one client's update, or under secure aggregation the mean of many. */
export type Contribution = Pick<ClientUpdate, 'delta' | 'examples'>

/**
 * How updates become the next global weights. A strategy is a fold: it sees each update once, in the order of client
 * ids whatever the order of arrival, and holds a fixed number of vectors however large the cohort.
 */
export type Strategy = {
  /** Begins a fold over the base weights, which are read but never written. */
  start(needs: { kernels: Kernels; base: Float32Array }): Fold
}

export type Fold = {
  /** Takes one update in. The delta may be reused once this returns. */
  add(update: Contribution): void
  /** The new global weights. Call it once, after at least one update. */
  finish(): Float32Array
  /** Gives memory back, also after a failure; harmless twice. */
  release(): void
}
