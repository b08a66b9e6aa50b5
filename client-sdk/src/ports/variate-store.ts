import type { TaskId } from '@tributary/protocols'

/**
 * A vector of this client's own for each task that keeps one from round to round: SCAFFOLD's control variate, FedDyn's linear term, or what
 * top-k with error feedback has left out of updates; or, in a store of its own, the layers or the model that personalization leaves to it. It
 * follows from the client's data and is never uploaded as it is. One that is lost begins again at zero: what a strategy's server carries no
 * longer agrees with it, and the model moves less straight; what was left out is never made up for; a personalization begins again from the
 * shared model.
 */
export type VariateStore = {
  /** What was saved last, unchecked; `undefined` where there is nothing. */
  load(task: TaskId): Promise<Uint8Array | undefined>
  /** Durable when it resolves; what was there before is gone. */
  save(task: TaskId, bytes: Uint8Array): Promise<void>
  /** Harmless where there is nothing. */
  erase(task: TaskId): Promise<void>
}
