/**
 * A refusal: an expected "no", as a value with a reason word. `http/` turns it into an RFC 9457 problem,
 * the socket gateway into a `refused` message.
 */
export type Refusal = {
  refused: RefusalWord
  /** One sentence for a person: what is wrong and what to do. */
  detail: string
  /** Every mistake found, each at its place, where there can be several. */
  mistakes?: readonly Mistake[]
  /** The ids and numbers that the sentence speaks of, for a program to read. */
  about?: Readonly<Record<string, string | number>>
}

export type Mistake = { path: string; message: string }

export type RefusalWord =
  | 'invalid'
  | 'not-found'
  | 'gone'
  | 'unauthenticated'
  | 'forbidden'
  | 'already-exists'
  | 'round-open'
  | 'round-over'
  | 'not-invited'
  | 'no-model'
  | 'task-not-active'
  | 'idempotency-mismatch'
  | 'token-spent'
  | 'token-expired'
  | 'last-admin'
  | 'bad-signature'
  | 'wrong-round'
  | 'wrong-model'
  | 'wrong-client'
  | 'wrong-digest'
  | 'too-large'
  | 'not-openable'
  | 'bad-tensors'
  | 'bad-compression'
  | 'bad-vector'
  | 'wrong-claims'
  | 'privacy-budget'
  | 'limit-reached'
  | 'storage-full'
  | 'unavailable'

export const refuse = (
  refused: RefusalWord,
  detail: string,
  more: Pick<Refusal, 'mistakes' | 'about'> = {},
): Refusal => ({ refused, detail, ...more })

export const isRefusal = (value: unknown): value is Refusal =>
  typeof value === 'object' && value !== null && 'refused' in value
