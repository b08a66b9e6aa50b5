/**
 * A second implementation of what a client computes, written from docs/protocol.md and from nothing of ours: NaCl's
 * secretbox from @noble/ciphers, the rest from Node's own OpenSSL. The comments name the rules it follows.
 */
import {
  createHash,
  createPublicKey,
  diffieHellman,
  generateKeyPairSync,
  hkdfSync,
  type KeyObject,
  randomBytes,
  sign,
  verify,
} from 'node:crypto'
import { xsalsa20poly1305 } from '@noble/ciphers/salsa.js'

export type HandMadeIdentity = { id: string; publicKey: Buffer; sign(digest: Buffer): Buffer }

/** [K1] */
export const newIdentity = (): HandMadeIdentity => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = rawPublic(publicKey)
  const id = `c-${createHash('sha256').update(raw).digest('hex').slice(0, 32)}`
  return { id, publicKey: raw, sign: (digest) => sign(null, digest, privateKey) }
}

export const digestOf = (bytes: Uint8Array): string =>
  `sha256:${createHash('sha256').update(bytes).digest('hex')}`

/** [K4] */
export const challengeAnswer = (identity: HandMadeIdentity, coordinator: string, nonce: string): string =>
  statement(identity, 'tributary challenge v1', coordinator, Buffer.from(nonce, 'base64url'), identity.id)

/** [K3] */
export const enrolmentProof = (identity: HandMadeIdentity, token: string): string =>
  statement(identity, 'tributary enrolment v1', digestOf(Buffer.from(token)), identity.publicKey)

/** [K10] */
export const isModelSigned = (
  { id, publicKey }: { id: string; publicKey: string },
  {
    task,
    model,
    assignment,
    signature,
  }: {
    task: string
    model: { version: number; digest: string; bytes: number }
    assignment: { digest: string; bytes: number }
    signature: string
  },
): boolean => {
  const signed = eachBehindItsLength(
    'tributary model manifest v1',
    id,
    task,
    double(model.version),
    model.digest,
    double(model.bytes),
    assignment.digest,
    double(assignment.bytes),
  )
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: publicKey }, format: 'jwk' })
  return verify(null, createHash('sha256').update(signed).digest(), key, Buffer.from(signature, 'base64url'))
}

export type HandMadeSubmission = {
  task: string
  round: string
  client: string
  model: string
  envelope: string
  envelopeBytes: number
  claims: { examples: number; trainMs?: number; metrics: Record<string, number> }
}

/** [U2] [U5] */
export const submissionHeader = (identity: HandMadeIdentity, submission: HandMadeSubmission): string => {
  const { task, round, client, model, envelope, envelopeBytes, claims } = submission
  const signature = statement(
    identity,
    'tributary submission v1',
    task,
    round,
    client,
    model,
    envelope,
    double(envelopeBytes),
    double(claims.examples),
    claims.trainMs === undefined ? Buffer.alloc(0) : double(claims.trainMs),
    ...Object.keys(claims.metrics)
      .sort()
      .flatMap((name) => [name, double(claims.metrics[name] ?? Number.NaN)]),
  )
  return Buffer.from(JSON.stringify({ ...submission, signature })).toString('base64url')
}

const FRAME = 262_144

/** [E1] to [E4] */
export const sealByHand = (
  plaintext: Uint8Array,
  roundKey: string,
  context: { task: string; round: string; client: string; model: string },
): Buffer => {
  const ephemeral = generateKeyPairSync('x25519')
  const prefix = randomBytes(19)
  const header = Buffer.concat([Buffer.of(1), rawPublic(ephemeral.publicKey), prefix])
  const peer = createPublicKey({ key: { kty: 'OKP', crv: 'X25519', x: roundKey }, format: 'jwk' })
  const shared = diffieHellman({ privateKey: ephemeral.privateKey, publicKey: peer })
  const salt = Buffer.concat([header, Buffer.from(roundKey, 'base64url')])
  const { task, round, client, model } = context
  const info = eachBehindItsLength('tributary envelope v1', task, round, client, model)
  const key = new Uint8Array(hkdfSync('sha256', shared, salt, info, 32))
  const frames = Math.max(1, Math.ceil(plaintext.length / FRAME))
  const boxes = Array.from({ length: frames }, (_, i) => {
    const nonce = Buffer.concat([prefix, uint32(i), Buffer.of(i === frames - 1 ? 1 : 0)])
    return xsalsa20poly1305(key, nonce).encrypt(plaintext.subarray(i * FRAME, (i + 1) * FRAME))
  })
  return Buffer.concat([header, ...boxes])
}

export type HandMadeTensor = { name: string; shape: number[]; values: number[] }

/** [T2] */
export const safetensorsByHand = (tensors: readonly HandMadeTensor[]): Buffer => {
  let end = 0
  const header = tensors.map(({ name, shape, values }): [string, unknown] => {
    const start = end
    end += 4 * values.length
    return [name, { dtype: 'F32', shape, data_offsets: [start, end] }]
  })
  const json = JSON.stringify(Object.fromEntries(header))
  const padded = json.padEnd(Math.ceil(json.length / 8) * 8, ' ')
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(padded.length))
  const data = Buffer.alloc(end)
  for (const [i, value] of tensors.flatMap(({ values }) => values).entries()) data.writeFloatLE(value, 4 * i)
  return Buffer.concat([length, Buffer.from(padded), data])
}

/** [T2] [T4]: the flat vector. */
export const valuesByHand = (file: Buffer): number[] => {
  const start = 8 + Number(file.readBigUInt64LE(0))
  return Array.from({ length: (file.length - start) / 4 }, (_, i) => file.readFloatLE(start + 4 * i))
}

/** [K2] */
const eachBehindItsLength = (...parts: readonly (string | Buffer)[]): Buffer =>
  Buffer.concat(
    parts.flatMap((part) => {
      const bytes = Buffer.from(part)
      return [uint32(bytes.length), bytes]
    }),
  )

const statement = (identity: HandMadeIdentity, ...parts: readonly (string | Buffer)[]): string =>
  identity
    .sign(
      createHash('sha256')
        .update(eachBehindItsLength(...parts))
        .digest(),
    )
    .toString('base64url')

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  bytes.writeUInt32BE(value)
  return bytes
}

const double = (value: number): Buffer => {
  const bytes = Buffer.alloc(8)
  bytes.writeDoubleBE(value + 0)
  return bytes
}

const rawPublic = (key: KeyObject): Buffer => Buffer.from(key.export({ format: 'jwk' }).x ?? '', 'base64url')
