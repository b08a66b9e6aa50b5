import type { TaskId } from '@tributary/protocols'
import type { Clock, Random } from '@tributary/protocols/runtime'
import type { ReplicaId } from './cluster/signal.ts'
import type { RoundChange } from './engine/saved-round.ts'
import type { Blobs } from './ports/blobs.ts'
import type { Host } from './ports/host.ts'
import type { Measure } from './ports/measure.ts'
import type { Signals } from './ports/signals.ts'
import type { Store } from './ports/store.ts'
import type { Round } from './round/round.ts'
import type { WebhookNeeds } from './webhooks/webhooks.ts'

/** What a coordinator stands on. Every part has a twin for tests and simulation. */
export type CoordinatorNeeds = {
  /** Its name in signed challenges: another server cannot pass them on as its own. */
  id: string
  clock: Clock
  random: Random
  store: Store
  /** Published bytes: weights and assignments. */
  models: Blobs
  /** Sealed updates, which nobody can download. */
  updates: Blobs
  /** 32 bytes that everything secret at rest is derived from or encrypted under. */
  ownKey: Uint8Array
  /** The terms under which an identity provider's people have their roles; none where nobody comes by one. */
  signInTerms?: string | undefined
  /** Told of faults survived and refusals given; what is cut short because the coordinator stops is neither. */
  observer: Observer
  /** The process it runs in; left out where nobody looks after one. */
  host?: Host | undefined
  /** Without it this process is the only one that has these tables. */
  shared?: SharedTables | undefined
  /** Without it nobody is told of anything outside. */
  webhooks?: WebhookNeeds | undefined
  /** Without it nothing is timed. */
  measure?: Measure | undefined
}

/**
 * What a process needs that shares its tables and blobs with others. Each task is driven by one of them, under a lease,
 * and any of them takes clients and updates.
 */
export type SharedTables = {
  /** This process among them. */
  replica: ReplicaId
  signals: Signals
  /** Counts time that passes, wherever the clock is set: leases and signs of life are kept by it. */
  steady: Clock
}

export type Observer = {
  fault(error: unknown, about: Record<string, string>): void
  refusedMessage(reason: string): void
  refusedUpdate(reason: string): void
  /** A round that was to begin did not. */
  refusedRound(reason: string): void
  /** A round was saved in a new state: it began, a member answered, its phase changed. */
  roundSaved(round: Round, change: RoundChange): void
  /** Among processes that share tables: from here on this one drives the task's rounds, or it does no longer. */
  driving(task: TaskId, change: 'taken' | 'let go'): void
}
