import type { ClientId, Digest, Instant, RoundId, TaskId } from '@tributary/protocols'
import type { BlobRef, Session } from '@tributary/protocols/messages'
import type { Submission } from '@tributary/protocols/updates'
import type { TransferProblem } from '../participation/event.ts'

/**
 * Models down, updates up: HTTP in deployment, memory in simulation. What the other side or the network can do is a
 * value; a promise is rejected only with the signal's reason once the signal has aborted.
 */
export type Bulk = {
  /** The bytes of a published blob. They have its digest and length. */
  download(ref: BlobRef, session: Session, signal: AbortSignal): Promise<DownloadAnswer>
  /** One attempt to hand in a sealed update; the same update may be handed in any number of times. */
  upload(upload: Upload, signal: AbortSignal): Promise<UploadAnswer>
}

export type DownloadAnswer = { kind: 'received'; bytes: Uint8Array } | TransferProblem

export type Upload = {
  task: TaskId
  round: RoundId
  client: ClientId
  submission: Submission
  envelope: Uint8Array
  session: Session
}

export type UploadAnswer = { kind: 'received'; receipt: UploadReceipt } | TransferProblem

/** The coordinator's word that an update of this client to this round is durable: the first one that was counted. */
export type UploadReceipt = { round: RoundId; client: ClientId; envelope: Digest; receivedAt: Instant }
