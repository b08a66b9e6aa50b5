/** What is signed in a session: SHA-256 over domain, session and contents, each behind its length. */
import { sha256 } from '@noble/hashes/sha2.js'
import { fromBase64url, toUtf8 } from '../crypto/encoding.ts'
import { type Part, type Sha256, signingBytes, signingDigest } from '../crypto/signing-bytes.ts'
import { countOf, TEXT_OF_32_BYTES, textsOf } from './joined.ts'
import { uint32s } from './keys.ts'
import {
  BUNDLE_TEXT,
  DIGESTS_TEXT,
  type MaskedMessage,
  type ShareMessage,
  type Shares,
  type UnmaskMessage,
} from './messages.ts'

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
export const shareStatement = (
  { session, commitment, digests, bundles }: Unsigned<ShareMessage>,
  hash: Sha256 = sha256,
): Uint8Array =>
  hash(
    signingBytes(
      'tributary secagg shares v1',
      fromBase64url(session),
      fromBase64url(commitment),
      uint32s(countOf(digests, DIGESTS_TEXT)),
      ...textsOf(digests, TEXT_OF_32_BYTES).map(fromBase64url),
      ...textsOf(bundles, BUNDLE_TEXT).map(fromBase64url),
    ),
  )

/** By a member: these bytes are my masked vector. */
export const maskedStatement = ({ session, vector, bytes }: Unsigned<MaskedMessage>): Uint8Array =>
  signingDigest('tributary secagg masked v1', fromBase64url(session), vector, toUtf8(String(bytes)))

/** By a member: these are the shares that I showed, and for this list of survivors. */
export const unmaskStatement = (
  { session, seeds, maskKeys }: Unsigned<UnmaskMessage>,
  survivors: Uint8Array,
  hash: Sha256 = sha256,
): Uint8Array => {
  const listed = ({ members, shares }: Shares): Part[] =>
    textsOf(shares, TEXT_OF_32_BYTES).flatMap((share, at) => [
      uint32s(members[at] ?? 0),
      fromBase64url(share),
    ])
  return hash(
    signingBytes(
      'tributary secagg unmask v1',
      fromBase64url(session),
      survivors,
      uint32s(seeds.members.length, maskKeys.members.length),
      ...listed(seeds),
      ...listed(maskKeys),
    ),
  )
}
