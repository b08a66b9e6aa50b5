/** What can go wrong, as words for programs. */
export type TributaryErrorCode =
  /** The coordinator does not know this client, or does not want it. */
  | 'not-enrolled'
  | 'revoked'
  | 'replaced'
  | 'bad-signature'
  | 'unsupported-protocol'
  | 'unknown-task'
  /** Another coordinator than the one that this client has pinned, or a model that it has not signed. */
  | 'untrusted-coordinator'
  | 'untrusted-model'
  | 'enrolment-refused'
  /** The coordinator cannot be reached, or its answer is not one. */
  | 'unreachable'
  | 'bad-answer'
  | 'refused-message'
  | 'model-not-fetched'
  /** A secure round's session was left, for what the coordinator said in it. */
  | 'session-left'
  /** The app's own trainer, its data or its listeners. */
  | 'training-failed'
  /** Training took more time or memory than the app lets it have. */
  | 'device-limit'
  /** The worker that trains threw, died or did not answer. */
  | 'worker-failed'
  | 'model-mismatch'
  | 'bad-examples'
  | 'trainer-incomplete'
  | 'no-personal-training'
  | 'unsupported-model'
  | 'no-backend'
  | 'no-model'
  | 'cannot-predict'
  | 'cannot-evaluate'
  | 'cannot-count'
  | 'listener-failed'
  /** The person whose device this is has not agreed. */
  | 'no-consent'
  /** This device. */
  | 'bad-key'
  | 'storage-failed'
  /** The call itself. */
  | 'bad-options'
  | 'already-joined'
  | 'left'

/** Every error of this package. `code` is for programs; `remedy` says what to do about it. */
export class TributaryError extends Error {
  override readonly name = 'TributaryError'
  readonly code: TributaryErrorCode
  readonly remedy: string

  constructor(fault: { code: TributaryErrorCode; problem: string; remedy: string }, options?: ErrorOptions) {
    super(`${fault.problem}. ${fault.remedy}.`, options)
    this.code = fault.code
    this.remedy = fault.remedy
  }
}

/** What a caught value says, for the message of the error that replaces it. */
export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
