/**
 * Envelope v1: an update sealed to a round's X25519 key.
 *
 *   byte 0   1        33             52
 *        │ 1 │ ephemeral key │ nonce prefix │ frame 0 │ frame 1 │ … │ last frame │
 *
 * Every frame is an XSalsa20-Poly1305 secretbox (16-byte tag, ciphertext) of 262,144 plaintext bytes, the last of 1
 * to 262,144; an empty plaintext is one empty frame. Key and nonces: `envelope-format.ts`.
 */
import { type Random, systemRandom } from '../runtime/random.ts'
import { EnvelopeError } from './envelope-error.ts'
import { ENVELOPE_VERSION, type EnvelopeContext, envelopeKey, frameNonce } from './envelope-format.ts'
import {
  BOX_BYTES,
  ENVELOPE_HEADER_BYTES,
  FRAME_BYTES,
  frameCount,
  NONCE_PREFIX_BYTES,
  SECRETBOX_OVERHEAD_BYTES,
  sealedBytes,
} from './envelope-sizes.ts'
import {
  createKeyPair,
  type Hkdf,
  keyPairFromSecret,
  sharedSecret,
  tweetnaclX25519,
  type X25519,
} from './key-agreement.ts'
import { type Secretbox, tweetnaclSecretbox } from './secretbox.ts'
import type { Sha256 } from './signing-bytes.ts'

/** What an envelope is made and addressed with. Any implementation that passes the conformance cases gives the same bytes. */
export type EnvelopePrimitives = { secretbox?: Secretbox; x25519?: X25519; hkdf?: Hkdf; sha256?: Sha256 }

/**
 * The envelope of `plaintext` for the holder of `recipient`'s secret key, `sealedBytes(plaintext.length)` long.
 * From `random` it draws the ephemeral secret key (32 bytes), then the nonce prefix (19). Leave it out, for the
 * platform's cryptographic source, everywhere but in test vectors and simulations.
 * @throws LowOrderKeyError when the recipient's key is of low order.
 */
export const seal = (
  input: {
    plaintext: Uint8Array
    recipient: Uint8Array
    context: EnvelopeContext
    random?: Random
  } & EnvelopePrimitives,
): Uint8Array => {
  const { plaintext, recipient, context, random = systemRandom(), hkdf } = input
  const { secretbox = tweetnaclSecretbox, x25519 = tweetnaclX25519 } = input
  const ephemeral = createKeyPair(random, x25519)
  const noncePrefix = random.bytes(NONCE_PREFIX_BYTES)
  const secret = sharedSecret(ephemeral.secretKey, recipient, x25519)
  const envelope = new Uint8Array(sealedBytes(plaintext.length))
  envelope[0] = ENVELOPE_VERSION
  envelope.set(ephemeral.publicKey, 1)
  envelope.set(noncePrefix, 33)
  const header = envelope.subarray(0, ENVELOPE_HEADER_BYTES)
  const key = envelopeKey({ secret, header, recipient, context, hkdf })
  const frames = frameCount(plaintext.length)
  for (let frame = 0; frame < frames; frame++) {
    const nonce = frameNonce(noncePrefix, frame, frame === frames - 1 ? 'last' : 'more')
    const piece = plaintext.subarray(frame * FRAME_BYTES, (frame + 1) * FRAME_BYTES)
    envelope.set(secretbox.seal(key, nonce, piece), ENVELOPE_HEADER_BYTES + frame * BOX_BYTES)
  }
  for (const spent of [ephemeral.secretKey, secret, key]) spent.fill(0)
  return envelope
}

export type Opener = {
  /**
   * The plaintext, whole: nothing is given out before the last frame has proven authentic.
   * It is written to the start of `into` where that is given and long enough, which on failure may hold a part of it.
   * @throws EnvelopeError with the reason for which it does not open.
   */
  open(envelope: Uint8Array, context: EnvelopeContext, into?: Uint8Array): Uint8Array
}

/** Opens the envelopes of one round: works out the public key of the round's 32-byte secret key once. */
export const createOpener = (input: { secretKey: Uint8Array } & EnvelopePrimitives): Opener => {
  const { secretKey, secretbox = tweetnaclSecretbox, x25519 = tweetnaclX25519, hkdf } = input
  const { publicKey: recipient } = keyPairFromSecret(secretKey, x25519)
  return {
    open(envelope, context, into) {
      const boxes = checkLayout(envelope)
      const header = envelope.subarray(0, ENVELOPE_HEADER_BYTES)
      const secret = x25519.sharedSecret(secretKey, header.subarray(1, 33))
      if (!secret) throw new EnvelopeError('low-order-key')
      const key = envelopeKey({ secret, header, recipient, context, hkdf })
      try {
        return openBoxes({ boxes, key, noncePrefix: header.subarray(33), secretbox, into })
      } finally {
        secret.fill(0)
        key.fill(0)
      }
    },
  }
}

/** Opens one envelope; see `Opener`. */
export const open = (
  input: { envelope: Uint8Array; secretKey: Uint8Array; context: EnvelopeContext } & EnvelopePrimitives,
): Uint8Array => createOpener(input).open(input.envelope, input.context)

/** The boxes after the header, once version and lengths can be those of an envelope. */
const checkLayout = (envelope: Uint8Array): Uint8Array[] => {
  if (envelope.length > 0 && envelope[0] !== ENVELOPE_VERSION) throw new EnvelopeError('version')
  const boxes: Uint8Array[] = []
  for (let at = ENVELOPE_HEADER_BYTES; at < envelope.length; at += BOX_BYTES)
    boxes.push(envelope.subarray(at, at + BOX_BYTES))
  const last = boxes.at(-1)
  if (!last || last.length < SECRETBOX_OVERHEAD_BYTES) throw new EnvelopeError('truncated')
  // An empty last frame after others would give one plaintext two envelopes; `seal` never makes it.
  if (last.length === SECRETBOX_OVERHEAD_BYTES && boxes.length > 1) throw new EnvelopeError('trailing-bytes')
  return boxes
}

type Boxes = {
  boxes: Uint8Array[]
  key: Uint8Array
  noncePrefix: Uint8Array
  secretbox: Secretbox
  into: Uint8Array | undefined
}

const openBoxes = ({ boxes, key, noncePrefix, secretbox, into }: Boxes): Uint8Array => {
  const sealed = boxes.reduce((bytes, box) => bytes + box.length, 0)
  const bytes = sealed - boxes.length * SECRETBOX_OVERHEAD_BYTES
  const plaintext = into && into.length >= bytes ? into.subarray(0, bytes) : new Uint8Array(bytes)
  for (const [frame, box] of boxes.entries()) {
    const [flag, otherFlag] =
      frame === boxes.length - 1 ? (['last', 'more'] as const) : (['more', 'last'] as const)
    const start = frame * FRAME_BYTES
    const piece = plaintext.subarray(start, start + box.length - SECRETBOX_OVERHEAD_BYTES)
    const opened = secretbox.open(key, frameNonce(noncePrefix, frame, flag), box, piece)
    if (opened) {
      if (opened !== piece) piece.set(opened)
    } else if (!secretbox.open(key, frameNonce(noncePrefix, frame, otherFlag), box))
      throw new EnvelopeError('not-authentic')
    else throw new EnvelopeError(flag === 'last' ? 'truncated' : 'trailing-bytes')
  }
  return plaintext
}
