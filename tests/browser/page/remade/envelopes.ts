import {
  concatBytes,
  createOpener,
  deriveKey,
  ENVELOPE_HEADER_BYTES,
  EnvelopeError,
  fromBase64url,
  fromHex,
  keyPairFromSecret,
  lengthPrefixed,
  seal,
  sharedSecret,
  toBase64url,
  toHex,
} from '@tributary/protocols/crypto'
import { digestOf } from '@tributary/protocols/tensors'
import type * as z from 'zod'
import type { EnvelopeVectors } from '../../../vectors/vectors.ts'

type Vectors = z.infer<typeof EnvelopeVectors>

/** Envelopes, sealed again with the same draws, and opened: whole ones, and those that are to be refused. */
export const remakeEnvelopes = ({ description, recipient, context, cases, refusals }: Vectors): Vectors => {
  const { secretKey, publicKey } = keyPairFromSecret(fromHex(recipient.secretKey))
  const opener = createOpener({ secretKey })
  const sealed = new Map<string, Uint8Array>()

  const remakeCase = (each: Vectors['cases'][number]): Vectors['cases'][number] => {
    const ephemeral = keyPairFromSecret(fromHex(each.ephemeral.secretKey))
    const draws = [ephemeral.secretKey, fromHex(each.noncePrefix)]
    const random = { bytes: (length: number) => draws.shift() ?? new Uint8Array(length) }
    const envelope = seal({ plaintext: plaintextOf(each), recipient: publicKey, context, random })
    sealed.set(each.name, envelope)
    const secret = sharedSecret(ephemeral.secretKey, publicKey)
    const salt = concatBytes(envelope.subarray(0, ENVELOPE_HEADER_BYTES), publicKey)
    const { task, round, client, model } = context
    const info = lengthPrefixed('tributary envelope v1', task, round, client, model)
    return {
      name: each.name,
      plaintext: each.plaintext,
      plaintextDigest: digestOf(opener.open(envelope, context)),
      ephemeral: { secretKey: toHex(ephemeral.secretKey), publicKey: toHex(ephemeral.publicKey) },
      noncePrefix: toHex(envelope.subarray(33, ENVELOPE_HEADER_BYTES)),
      sharedSecret: toHex(secret),
      salt: toHex(salt),
      info: toHex(info),
      key: toHex(deriveKey({ secret, salt, info })),
      envelopeBytes: envelope.length,
      envelopeDigest: digestOf(envelope),
      ...(each.envelope === undefined ? {} : { envelope: toBase64url(envelope) }),
    }
  }

  const remakeRefusal = (refusal: Vectors['refusals'][number]): Vectors['refusals'][number] => {
    const { reason: _, ...asked } = refusal
    const changed = Object.entries(refusal.context ?? {}).filter(([, value]) => value !== undefined)
    return {
      ...asked,
      reason: reasonOf(() =>
        opener.open(spliced(refusal, sealed), { ...context, ...Object.fromEntries(changed) }),
      ),
    }
  }

  const remadeCases = cases.map(remakeCase)
  return {
    description,
    recipient: { secretKey: toHex(secretKey), publicKey: toHex(publicKey) },
    context,
    cases: remadeCases,
    refusals: refusals.map(remakeRefusal),
  }
}

/** The documented pattern of long ones: byte i = (31 i + floor(i / 256)) mod 256. */
const plaintextOf = ({ plaintext }: Vectors['cases'][number]): Uint8Array =>
  'hex' in plaintext
    ? fromHex(plaintext.hex)
    : Uint8Array.from({ length: plaintext.bytes }, (_, i) => (31 * i + Math.floor(i / 256)) & 255)

const spliced = (
  { envelope, case: from = '', pieces = [], append = '' }: Vectors['refusals'][number],
  sealed: ReadonlyMap<string, Uint8Array>,
): Uint8Array => {
  if (envelope !== undefined) return fromBase64url(envelope)
  const whole = sealed.get(from)
  if (!whole) throw new Error(`there is no case ${from}`)
  return concatBytes(...pieces.map(([start, end]) => whole.subarray(start, end)), fromHex(append))
}

const reasonOf = (open: () => unknown): string => {
  try {
    open()
    return 'none: it opens'
  } catch (error) {
    if (error instanceof EnvelopeError) return error.reason
    throw error
  }
}
