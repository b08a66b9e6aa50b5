/** Whom a client has pinned as its coordinator. Rule S12. */
import type { TaskId } from '@tributary/protocols'
import type { EncodedPublicKey } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import type { CoordinatorView } from '@tributary/protocols/rest'

/** Models and secure rounds are to be signed by `publicKey`, challenges to be those of `coordinator`, once that is known. */
export type Pin = {
  publicKey: EncodedPublicKey
  coordinator?: string
  /** Why a model version is not trusted; `undefined` where it is. `named`: the id that the other side has given, where the pin has none. */
  objectionTo(said: SaidOfModel, named: string): string | undefined
}

/** What a coordinator says of a version, in whichever message. */
export type SaidOfModel = { task: TaskId } & Pick<Invitation, 'model' | 'assignment' | 'signature'>

export type Pinning = {
  /**
   * The key that the app has given, or else the one that was learnt; `undefined` where there is neither.
   * @throws TributaryError `untrusted-coordinator` where what was learnt cannot be read, `storage-failed`.
   */
  pin(): Promise<Pin | undefined>
  /**
   * What a coordinator says of itself when it enrols this client is trusted as the connection is, the first time.
   * @throws TributaryError `untrusted-coordinator` for another than the app has given or this client has learnt before, `storage-failed`.
   */
  learn(coordinator: CoordinatorView): Promise<void>
}

/** The name of the record. */
export const PIN = 'pin'
