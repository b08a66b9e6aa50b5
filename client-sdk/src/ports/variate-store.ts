import type { TaskId } from '@tributary/protocols'

/**
 * A vector of this client's own for each task whose strategy keeps one from round to round: SCAFFOLD's control variate, FedDyn's
 * linear term. It follows from the client's data and is never uploaded. One that is lost begins again at zero, and what the
 * server carries no longer agrees with it: the model then moves less straight.
 */
export type VariateStore = {
  /** What was saved last, unchecked; `undefined` where there is nothing. */
  load(task: TaskId): Promise<Uint8Array | undefined>
  /** Durable when it resolves; what was there before is gone. */
  save(task: TaskId, bytes: Uint8Array): Promise<void>
  /** Harmless where there is nothing. */
  erase(task: TaskId): Promise<void>
}
