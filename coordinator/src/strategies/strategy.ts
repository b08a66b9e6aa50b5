import type { ClientId } from '@tributary/protocols'
import type { CohortKernels } from '@tributary/protocols/cohort-kernels'

/** What some strategies need of a client beside its delta. */
export type Extras = {
  /** Local optimizer steps that the delta is of. */
  steps: number
  /** The client's mean loss under the weights it was given, before it trained; at least 0. */
  initialLoss: number
  /** By how much the client's control variate has changed (SCAFFOLD), as long as the delta. */
  control: Float32Array
}

/** One client's update, opened: `delta` is trained minus received weights, flat, in manifest order. */
export type ClientUpdate = { client: ClientId; delta: Float32Array; examples: number } & Partial<Extras>

/** What a fold takes in: one client's update, or under secure aggregation the mean of many. */
export type Contribution = Omit<ClientUpdate, 'client'> & {
  /** How many clients' updates this is the mean of: 1, unless said. */
  clients?: number
}

/** What a strategy carries from one round to the next. Vectors are as long as the model; names are the strategy's own. */
export type StrategyState = {
  vectors: Readonly<Record<string, Float32Array>>
  numbers: Readonly<Record<string, number>>
}

/** What every aggregation begins with. Nothing in it is written to. */
export type Beginning = {
  kernels: CohortKernels
  /** The weights that clients trained from. */
  base: Float32Array
  /** What the version that is trained from was left with; none at first, after an import and after a rollback. */
  state: StrategyState | undefined
}

/** The next global weights; or why these updates make none: the model then stays as it is, and so does the state. */
export type Combined =
  | { kind: 'combined'; weights: Float32Array; state: StrategyState | undefined }
  | Uncombined

export type Uncombined = {
  kind: 'refused'
  reason: 'too-few' | 'not-finite' | 'no-trust'
  detail: string
}

/**
 * How updates become the next global weights. What comes out depends on the updates in the order of their clients' ids, on
 * base and state, and on nothing else: the same bytes on either kernels, whatever the order of arrival.
 */
export type Strategy = FoldStrategy | HeapStrategy

type Common = {
  /** Updates below which the rule says nothing: a smaller cohort is refused. */
  least: number
  /** What each update must bring beside its delta: a client that does not send it is refused. */
  needs: readonly (keyof Extras)[]
}

/** Sees each update once, in the order of client ids, and holds a fixed number of vectors however large the cohort. */
export type FoldStrategy = Common & {
  kind: 'fold'
  /**
   * `means`: a mean of updates is as good as the updates, so it composes with secure aggregation and with noise on the sum.
   * `updates`: it looks at each of them.
   */
  takes: 'means' | 'updates'
  start(beginning: Beginning): Fold
}

export type Fold = {
  /** Takes one update in. The delta may be reused once this returns. */
  add(update: Contribution): void
  /** Call it once, after at least one update. */
  finish(): Combined
  /** Gives memory back, also after a failure; harmless twice. */
  release(): void
}

/** Needs all updates at once: memory grows with the cohort, and nobody may hide one update from the coordinator. */
export type HeapStrategy = Common & {
  kind: 'heap'
  /** Updates may come in any order; they are read, never written. */
  combine(needs: Beginning & { updates: readonly ClientUpdate[] }): Combined
}
