/** `/api/v1/clients` and below. */
import * as z from 'zod/mini'
import { EncodedPublicKey, EncodedSignature } from '../crypto/encoded.ts'
import { ClientId, TaskId } from '../ids.ts'
import { Timestamp } from './time.ts'

/** An enrolment token's text: `tre_`, its id, `_` and its secret. */
export const EnrolmentSecret = z
  .string()
  .check(
    z.regex(
      /^tre_[0-9a-f]{24}_[A-Za-z0-9_-]{43}$/,
      'an enrolment token begins with tre_ and has 72 characters',
    ),
  )
export type EnrolmentSecret = z.infer<typeof EnrolmentSecret>

/**
 * `POST /api/v1/clients`: enrols a public key by an enrolment token. `proof` is the key's signature over
 * `enrolmentDigest`. The token is the right to ask; there is no other authentication.
 */
export const EnrolRequest = z.strictObject({
  token: EnrolmentSecret,
  publicKey: EncodedPublicKey,
  proof: EncodedSignature,
})
export type EnrolRequest = z.infer<typeof EnrolRequest>

export const ClientView = z.object({
  id: ClientId,
  /** Ed25519, base64url. */
  publicKey: z.string(),
  /** `revoked` by an operator, `withdrawn` by the client itself: either for good. */
  status: z.enum(['active', 'revoked', 'withdrawn']),
  enrolledAt: Timestamp,
  /** The id of the enrolment token it came by; empty of a client that has withdrawn. */
  enrolledBy: z.string(),
  /** On the line at this moment; left out where the answer does not look. */
  online: z.optional(z.boolean()),
  /** Tasks for which it is checked in. */
  waitingFor: z.optional(z.array(TaskId)),
})
export type ClientView = z.infer<typeof ClientView>

/** Who a coordinator is, to clients that pin it: its id in challenges, and the Ed25519 key, base64url, that signs models and secure rounds. */
export const CoordinatorView = z.object({
  id: z.string().check(z.minLength(1), z.maxLength(128)),
  publicKey: EncodedPublicKey,
})
export type CoordinatorView = z.infer<typeof CoordinatorView>

/** The answer to an enrolment: the client, and whom it has enrolled with. */
export const EnrolmentView = z.object({ ...ClientView.shape, coordinator: z.optional(CoordinatorView) })
export type EnrolmentView = z.infer<typeof EnrolmentView>
