/** The shapes of the vector files, for tests that read them. */
import { readFileSync } from 'node:fs'
import { ClientId, Digest, ModelVersion, RoundId, TaskId } from '@tributary/protocols'
import { EncodedSignature } from '@tributary/protocols/crypto'
import { Compression } from '@tributary/protocols/task'
import { TensorManifest } from '@tributary/protocols/tensors'
import { Submission } from '@tributary/protocols/updates'
import * as z from 'zod'

const hex = z.string().regex(/^([0-9a-f]{2})*$/)
const keyPair = z.strictObject({ secretKey: hex, publicKey: hex })
const blob = z.strictObject({ digest: Digest, bytes: z.int() })
const modelStatement = z.strictObject({
  coordinator: z.string(),
  task: TaskId,
  version: ModelVersion,
  weights: blob,
  assignment: blob,
})
const context = z.strictObject({ task: TaskId, round: RoundId, client: ClientId, model: Digest })

export const PrimitiveVectors = z.strictObject({
  description: z.string(),
  x25519: z.array(z.strictObject({ source: z.string(), secretKey: hex, publicKey: hex, shared: hex })).min(4),
  x25519Iterated: z.strictObject({ source: z.string(), once: hex, thousandTimes: hex }),
  x25519LowOrder: z.array(hex).min(7),
  ed25519: z
    .array(z.strictObject({ source: z.string(), seed: hex, publicKey: hex, message: hex, signature: hex }))
    .min(4),
  hkdfSha256: z
    .array(
      z.strictObject({ source: z.string(), secret: hex, salt: hex, info: hex, length: z.int(), key: hex }),
    )
    .min(3),
  secretbox: z
    .array(z.strictObject({ source: z.string(), key: hex, nonce: hex, plaintext: hex, box: hex }))
    .min(1),
  sha256: z.array(z.strictObject({ source: z.string(), message: hex, hash: hex })).min(2),
})

export const EnvelopeVectors = z.strictObject({
  description: z.string(),
  recipient: keyPair,
  context,
  cases: z
    .array(
      z.strictObject({
        name: z.string(),
        plaintext: z.union([z.strictObject({ hex }), z.strictObject({ bytes: z.int() })]),
        plaintextDigest: Digest,
        ephemeral: keyPair,
        noncePrefix: hex,
        sharedSecret: hex,
        salt: hex,
        info: hex,
        key: hex,
        envelopeBytes: z.int(),
        envelopeDigest: Digest,
        envelope: z.string().optional(),
      }),
    )
    .min(7),
  refusals: z
    .array(
      z.strictObject({
        description: z.string(),
        reason: z.string(),
        context: context.partial().optional(),
        envelope: z.string().optional(),
        case: z.string().optional(),
        pieces: z.array(z.tuple([z.int(), z.int()])).optional(),
        append: hex.optional(),
      }),
    )
    .min(28),
})

export const SafetensorsVectors = z.strictObject({
  description: z.string(),
  files: z
    .array(
      z.strictObject({
        name: z.string(),
        tensors: TensorManifest,
        metadata: z.record(z.string(), z.string()),
        values: hex,
        file: z.string(),
      }),
    )
    .min(3),
  refused: z.array(z.strictObject({ description: z.string(), code: z.string(), file: z.string() })).min(18),
})

export const StatementVectors = z.strictObject({
  description: z.string(),
  signingBytes: z
    .array(z.strictObject({ domain: z.string(), parts: z.array(z.string()), bytes: hex, digest: hex }))
    .min(5),
  identity: z.strictObject({ seed: hex, publicKey: hex, clientId: ClientId }),
  challenge: z.strictObject({
    coordinator: z.string(),
    nonce: hex,
    client: ClientId,
    digest: hex,
    signature: hex,
  }),
  enrolment: z.strictObject({ token: z.string(), tokenHash: Digest, digest: hex, signature: hex }),
  withdrawals: z
    .array(z.strictObject({ coordinator: z.string(), client: ClientId, digest: hex, signature: hex }))
    .min(2),
  models: z
    .array(z.strictObject({ statement: modelStatement, digest: hex, signature: EncodedSignature }))
    .min(2),
  refusedModels: z
    .array(
      z.strictObject({ description: z.string(), statement: modelStatement, signature: EncodedSignature }),
    )
    .min(7),
  submissions: z
    .array(z.strictObject({ name: z.string(), submission: Submission, digest: hex, header: z.string() }))
    .min(3),
  refusedSubmissions: z
    .array(z.strictObject({ description: z.string(), publicKey: hex, header: z.string() }))
    .min(11),
})

export const CompressionVectors = z.strictObject({
  description: z.string(),
  round: RoundId,
  model: Digest,
  seed: z.string(),
  cases: z
    .array(
      z.strictObject({
        name: z.string(),
        compression: Compression,
        length: z.int(),
        beside: z.int(),
        values: hex,
        residual: hex.optional(),
        chances: hex.optional(),
        bytes: hex,
        read: hex,
        left: hex.optional(),
      }),
    )
    .min(11),
  refused: z
    .array(z.strictObject({ case: z.string(), description: z.string(), reason: z.string(), bytes: hex }))
    .min(16),
})

/** The vectors of a file of this folder; fails where the file is not what its schema says. */
export const readVectors = <T>(name: string, schema: z.ZodType<T>): T =>
  schema.parse(JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')))
