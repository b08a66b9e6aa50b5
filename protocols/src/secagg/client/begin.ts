import { encodeNonce, encodePublicKey, encodeSignature } from '../../crypto/encoded.ts'
import { keyPairFromSecret } from '../../crypto/key-agreement.ts'
import type { ClientId, Digest } from '../../ids.ts'
import { hashOfDigest } from '../../tensors/digest.ts'
import { type Expectation, objectionTo } from '../floors.ts'
import { expandEntropy } from '../keys.ts'
import { type Manifest, manifestDigest } from '../manifest.ts'
import type { ManifestMessage } from '../messages.ts'
import { advertisementDigest } from '../session.ts'
import type { ClientMeans, ClientStep } from './states.ts'

/** What a client holds from the beginning of a session to its end. */
export type Joining = {
  client: ClientId
  manifest: Manifest
  digest: Digest
  /** 32 secret bytes that everything else follows from; erased when the session ends. */
  entropy: Uint8Array
}

/**
 * Joins a round, if nothing speaks against its manifest: advertises fresh keys.
 * @param input.entropy 32 bytes from the platform's cryptographic source, used for this round alone. They are copied.
 * @throws RangeError for entropy of another length.
 */
export const beginClient = (
  input: { message: ManifestMessage; expected: Expectation; entropy: Uint8Array },
  means: ClientMeans,
): ClientStep => {
  const { manifest, round } = input.message
  if (input.entropy.length !== 32)
    throw new RangeError(`a session takes 32 bytes of entropy, not ${input.entropy.length}`)
  const reason = objectionTo(manifest, input.expected)
  if (reason)
    return {
      state: { phase: 'ended', reason, evidence: [input.message] },
      effects: [{ type: 'send', message: { type: 'secagg-refuse', round, reason } }],
    }
  const { identity } = means
  const digest = manifestDigest(manifest)
  const joining: Joining = { client: identity.clientId, manifest, digest, entropy: input.entropy.slice() }
  const unsigned = {
    client: identity.clientId,
    identity: encodePublicKey(identity.publicKey),
    channelKey: encodePublicKey(channelKeyPair(joining, means).publicKey),
    maskKey: encodePublicKey(maskKeyPair(joining, means).publicKey),
    nonce: encodeNonce(secretOf(joining, 'nonce')),
  }
  const signature = encodeSignature(identity.sign(advertisementDigest(digest, unsigned)))
  const sent = {
    type: 'secagg-advertise',
    round: manifest.round,
    manifest: digest,
    advertisement: { ...unsigned, signature },
  } as const
  return { state: { phase: 'advertised', joining, sent }, effects: [{ type: 'send', message: sent }] }
}

/** The X25519 key pair of this session's masks; its secret half is what neighbours hold shares of. */
export const maskKeyPair = (joining: Joining, { x25519 }: ClientMeans) =>
  keyPairFromSecret(secretOf(joining, 'mask key'), x25519)

/** The X25519 key pair of this session's share bundles. */
export const channelKeyPair = (joining: Joining, { x25519 }: ClientMeans) =>
  keyPairFromSecret(secretOf(joining, 'channel key'), x25519)

/** The seed of the client's own mask. */
export const selfMaskSeed = (joining: Joining): Uint8Array => secretOf(joining, 'self-mask seed')

const secretOf = (
  { entropy, digest }: Joining,
  purpose: 'nonce' | 'mask key' | 'channel key' | 'self-mask seed',
): Uint8Array => expandEntropy({ entropy, context: hashOfDigest(digest), purpose })
