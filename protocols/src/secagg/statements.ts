/** What is signed in a session: SHA-256 over domain, session and contents, each behind its length. */
import { fromBase64url, toUtf8 } from '../crypto/encoding.ts'
import { type Part, signingDigest } from '../crypto/signing-bytes.ts'
import { uint32s } from './keys.ts'
import type { MaskedMessage, ShareMessage, UnmaskMessage } from './messages.ts'

/** By the coordinator: this is the session's id. */
export const rosterStatement = (sessionId: Uint8Array): Uint8Array =>
  signingDigest('tributary secagg roster v1', sessionId)

/** By the coordinator: of these members, these survive. Two of them with different survivors are proof of a lie. */
export const survivorsStatement = (
  sessionId: Uint8Array,
  members: readonly number[],
  survivors: readonly number[],
): Uint8Array =>
  signingDigest('tributary secagg survivors v1', sessionId, uint32s(...members), uint32s(...survivors))

/** By a member: this is the list of survivors that I saw. */
export const confirmStatement = (survivors: Uint8Array): Uint8Array =>
  signingDigest('tributary secagg confirm v1', survivors)

type Unsigned<T> = Omit<T, 'signature' | 'type' | 'round'>

/** By a member: these are the shares that I dealt. */
export const shareStatement = ({
  session,
  commitment,
  digests,
  bundles,
}: Unsigned<ShareMessage>): Uint8Array =>
  signingDigest(
    'tributary secagg shares v1',
    fromBase64url(session),
    fromBase64url(commitment),
    uint32s(digests.length),
    ...digests.flatMap(({ maskKey, seed }): Part[] => [fromBase64url(maskKey), fromBase64url(seed)]),
    ...bundles.map((bundle): Part => fromBase64url(bundle)),
  )

/** By a member: these bytes are my masked vector. */
export const maskedStatement = ({ session, vector, bytes }: Unsigned<MaskedMessage>): Uint8Array =>
  signingDigest('tributary secagg masked v1', fromBase64url(session), vector, toUtf8(String(bytes)))

/** By a member: these are the shares that I showed, and for this list of survivors. */
export const unmaskStatement = (
  { session, seeds, maskKeys }: Unsigned<UnmaskMessage>,
  survivors: Uint8Array,
): Uint8Array => {
  const listed = (shares: UnmaskMessage['seeds']): Part[] =>
    shares.flatMap(({ member, share }): Part[] => [uint32s(member), fromBase64url(share)])
  return signingDigest(
    'tributary secagg unmask v1',
    fromBase64url(session),
    survivors,
    uint32s(seeds.length, maskKeys.length),
    ...listed(seeds),
    ...listed(maskKeys),
  )
}
