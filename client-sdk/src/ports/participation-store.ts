import type { TaskId } from '@tributary/protocols'
import type { ParticipationRecord } from '@tributary/protocols/privacy'

/**
 * How often this client has taken part in each task with differential privacy: the bound on it is kept by the client itself.
 * A record is durable when `save` resolves; one that was lost would let the client give away more than was promised.
 */
export type ParticipationStore = {
  /** What was saved, unchecked; `undefined` where this client has never taken part. */
  load(task: TaskId): Promise<unknown>
  save(task: TaskId, record: ParticipationRecord): Promise<void>
  /** Forgets all of it: of an identity that takes part no more. */
  clear(): Promise<void>
}
