/**
 * The keys of a session, after FLSA-1: every one is HKDF-SHA256 with the session id as salt, so that whoever was shown
 * another manifest, roster or graph derives other masks, which cancel against nothing.
 *
 *     pair mask   X25519(mask keys)     "flsa/1/pairmask" 0 ‖ u32 lower ‖ u32 higher member
 *     self mask   self-mask seed        "flsa/1/selfmask" 0 ‖ u32 member
 *     channel     X25519(channel keys)  "flsa/1/channel" 0 ‖ u32 from ‖ u32 to
 *
 * Numbers are big-endian. Members are their places in the roster, from 0.
 */
import { sha256 } from '@noble/hashes/sha2.js'
import { concatBytes, toUtf8 } from '../crypto/encoding.ts'
import { deriveKey, sharedSecret, type X25519 } from '../crypto/key-agreement.ts'
import { lengthPrefixed, type Sha256 } from '../crypto/signing-bytes.ts'

/** The 32-byte ChaCha20 key of the mask that two members share; the same from both sides. */
export const pairMaskKey = (input: {
  sessionId: Uint8Array
  secretKey: Uint8Array
  peerPublicKey: Uint8Array
  members: readonly [number, number]
  x25519?: X25519
}): Uint8Array => {
  const [a, b] = input.members
  return deriveKey({
    secret: sharedSecret(input.secretKey, input.peerPublicKey, input.x25519),
    salt: input.sessionId,
    info: info('flsa/1/pairmask', Math.min(a, b), Math.max(a, b)),
  })
}

/** The 32-byte ChaCha20 key of a member's own mask. */
export const selfMaskKey = (sessionId: Uint8Array, seed: Uint8Array, member: number): Uint8Array =>
  deriveKey({ secret: seed, salt: sessionId, info: info('flsa/1/selfmask', member) })

/** The 32-byte key under which `from` seals a share bundle to `to`. */
export const channelKey = (input: {
  sessionId: Uint8Array
  secretKey: Uint8Array
  peerPublicKey: Uint8Array
  from: number
  to: number
  x25519?: X25519
}): Uint8Array =>
  deriveKey({
    secret: sharedSecret(input.secretKey, input.peerPublicKey, input.x25519),
    salt: input.sessionId,
    info: info('flsa/1/channel', input.from, input.to),
  })

/** What a client uses its one piece of entropy for; each use is a key of its own, never two of them the same bytes. */
type Purpose = 'mask key' | 'channel key' | 'self-mask seed' | 'nonce' | 'shares of its own' | 'bundle nonce'

/** Secret bytes made of a client's 32 bytes of entropy, for one purpose in one round. At most 8,160. */
export const expandEntropy = (input: {
  entropy: Uint8Array
  /** What the bytes are bound to: the manifest's digest or the session id, and for bundles the recipient. */
  context: Uint8Array
  purpose: Purpose
  length?: number
}): Uint8Array =>
  deriveKey({
    secret: input.entropy,
    salt: input.context,
    info: lengthPrefixed('tributary secagg entropy v1', input.purpose),
    ...(input.length !== undefined && { length: input.length }),
  })

/** A member's public word on the seed of its own mask, given before any share of it can be asked for. */
export const seedCommitment = (sessionId: Uint8Array, seed: Uint8Array): Uint8Array =>
  sha256(lengthPrefixed('tributary secagg seed v1', sessionId, seed))

export type SecretKind = 'mask-key' | 'seed'

/** One share of a member's secret: `x` says which it is. */
export type OwnedShare = { owner: number; x: number; share: Uint8Array }

/** The digest by which a share is recognised when it is shown: whoever shows another is named. */
export const shareDigest = ({
  sessionId,
  kind,
  ...share
}: OwnedShare & { sessionId: Uint8Array; kind: SecretKind }): Uint8Array =>
  shareDigester({ sessionId, kind })(share)

/** The digests of many shares of one kind, written over each other in one place. */
export const shareDigester = (
  { sessionId, kind }: { sessionId: Uint8Array; kind: SecretKind },
  hash: Sha256 = sha256,
): ((share: OwnedShare) => Uint8Array) => {
  const bytes = lengthPrefixed(
    'tributary secagg share v1',
    sessionId,
    kind,
    uint32s(0, 0),
    new Uint8Array(SHARE_BYTES),
  )
  const share = bytes.length - SHARE_BYTES
  const ownerAndX = share - 4 - 8
  return ({ owner, x, share: shown }) => {
    if (shown.length !== SHARE_BYTES) throw new RangeError(`a share is 32 bytes, not ${shown.length}`)
    bytes.set(uint32s(owner, x), ownerAndX)
    bytes.set(shown, share)
    return hash(bytes)
  }
}

const SHARE_BYTES = 32

/** Whole numbers below 2³² as big-endian bytes, four each. */
export const uint32s = (...values: number[]): Uint8Array => {
  const bytes = new Uint8Array(4 * values.length)
  const view = new DataView(bytes.buffer)
  for (let at = 0; at < values.length; at++) view.setUint32(4 * at, values[at] ?? 0)
  return bytes
}

const info = (label: string, ...members: number[]): Uint8Array =>
  concatBytes(toUtf8(`${label}\0`), uint32s(...members))
