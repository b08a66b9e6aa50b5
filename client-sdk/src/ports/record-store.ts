/**
 * Small records that this client keeps on its device, by name: letters, digits, `.`, `_` and `-`, at most 128 of them. A record is durable when
 * `save` resolves. What is kept under a task's id is a vector of this client's own: SCAFFOLD's control variate, FedDyn's linear term, or what
 * top-k with error feedback has left out of updates; or, in a store of its own, the layers or the model that personalization leaves to it. It
 * follows from the client's data and is never uploaded as it is. One that is lost begins again at zero: what a strategy's server carries no
 * longer agrees with it, and the model moves less straight; what was left out is never made up for; a personalization begins again from the
 * shared model.
 */
export type RecordStore = {
  /** What was saved last, unchecked; `undefined` where there is nothing. */
  load(name: string): Promise<Uint8Array | undefined>
  /** Durable when it resolves; what was there before is gone. */
  save(name: string, bytes: Uint8Array): Promise<void>
  /** Harmless where there is nothing. */
  erase(name: string): Promise<void>
  /** Of all records that there are, in no order. */
  names(): Promise<string[]>
}
