/** What a client says and signs about an update it uploads: whose it is, for what, which bytes, and its claims. */
import * as z from 'zod/mini'
import { tweetnaclVerify, type VerifySignature, verify } from '../crypto/ed25519.ts'
import { decodeKeyText, EncodedSignature, encodeSignature } from '../crypto/encoded.ts'
import { fromBase64url, toBase64url, toUtf8 } from '../crypto/encoding.ts'
import { sealedBytes } from '../crypto/envelope-sizes.ts'
import { clientIdOf, type Identity } from '../crypto/identity.ts'
import { numberPart, type Part, signingDigest } from '../crypto/signing-bytes.ts'
import { ClientId, Digest, isRoundOf, RoundId, TaskId } from '../ids.ts'
import { problemText } from '../problem-text.ts'
import { MaskedMessage } from '../secagg/masked-message.ts'

/** The HTTP header that carries a submission beside the envelope. */
export const SUBMISSION_HEADER = 'Tributary-Submission'
/** No valid submission is longer than this in its header form. */
export const MAX_SUBMISSION_CHARACTERS = 4_095

export const MetricName = z
  .string()
  .check(
    z.regex(
      /^[A-Za-z][A-Za-z0-9_./-]{0,31}$/,
      'a metric name is a letter and up to 31 more of letters, digits and _ . / -',
    ),
  )

/** What only the client can know. The coordinator bounds what a false claim can do; it cannot check these. */
export const Claims = z.strictObject({
  /** Training examples the update stands on: its weight in the average. */
  examples: z.int().check(z.minimum(1), z.maximum(2_147_483_647)),
  /** Milliseconds spent training. */
  trainMs: z.optional(z.number().check(z.minimum(0), z.maximum(8.64e15))),
  /** At most 32 numbers such as `loss` or `accuracy`. */
  metrics: z
    .record(MetricName, z.number())
    .check(z.refine((metrics) => Object.keys(metrics).length <= 32, 'claims hold at most 32 metrics')),
})
export type Claims = z.infer<typeof Claims>

/**
 * What a client of a secure round claims: which masked vector the envelope holds, in the session's own words and under the
 * session's own signature. Examples and metrics are in the vector, where nobody reads them.
 */
export const MaskedClaims = z.strictObject({ masked: MaskedMessage })
export type MaskedClaims = z.infer<typeof MaskedClaims>

const fields = z.strictObject({
  task: TaskId,
  round: RoundId,
  client: ClientId,
  /** Digest of the model that the client trained from. */
  model: Digest,
  /** Digest of the envelope's bytes. */
  envelope: Digest,
  envelopeBytes: z.int().check(z.minimum(sealedBytes(0)), z.maximum(2 ** 40)),
  claims: z.union([Claims, MaskedClaims]),
  signature: EncodedSignature,
})

export const Submission = fields.check(
  z.refine(({ task, round }) => isRoundOf(task, round), {
    path: ['round'],
    message: 'the round is not one of the task',
  }),
  z.refine(({ round, claims }) => !('masked' in claims) || claims.masked.round === round, {
    path: ['claims', 'masked', 'round'],
    message: 'the masked vector is one of another round',
  }),
)
export type Submission = z.infer<typeof Submission>
export type UnsignedSubmission = Omit<Submission, 'signature'>

/** A submission's header text that is not one. */
export class SubmissionFormatError extends Error {
  override readonly name = 'SubmissionFormatError'
}

/**
 * The 32 bytes that are signed: SHA-256 over, each behind its length, the domain `tributary submission v1`, task,
 * round, client, model digest, envelope digest, envelope bytes, examples, trainMs (no bytes when it is left out), then
 * name and value of each metric in ascending order of names. Numbers are 8-byte big-endian IEEE 754.
 *
 * Of a masked vector: the domain `tributary masked submission v1`, task, round, client, model digest, envelope digest,
 * envelope bytes, session, digest and bytes of the masked vector, and the signature over these three.
 */
export const submissionDigest = (submission: UnsignedSubmission): Uint8Array => {
  const { task, round, client, model, envelope, envelopeBytes, claims } = submission
  if ('masked' in claims) {
    const { session, vector, bytes, signature } = claims.masked
    return signingDigest(
      'tributary masked submission v1',
      task,
      round,
      client,
      model,
      envelope,
      numberPart(envelopeBytes),
      session,
      vector,
      numberPart(bytes),
      signature,
    )
  }
  const metrics = Object.entries(claims.metrics)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, value]): Part[] => [name, numberPart(value)])
  return signingDigest(
    'tributary submission v1',
    task,
    round,
    client,
    model,
    envelope,
    numberPart(envelopeBytes),
    numberPart(claims.examples),
    claims.trainMs === undefined ? new Uint8Array(0) : numberPart(claims.trainMs),
    ...metrics,
  )
}

/** @throws Error when the submission is not the identity's own, or not valid. */
export const signSubmission = (identity: Identity, submission: UnsignedSubmission): Submission => {
  if (identity.clientId !== submission.client)
    throw new Error(`client ${identity.clientId} cannot sign for ${submission.client}`)
  return Submission.parse({
    ...submission,
    signature: encodeSignature(identity.sign(submissionDigest(submission))),
  })
}

/** Whether the client that holds `publicKey` is the one named and signed every field as it stands. */
export const verifySubmission = (
  submission: Submission,
  publicKey: Uint8Array,
  verifySignature: VerifySignature = tweetnaclVerify,
): boolean =>
  clientIdOf(publicKey) === submission.client &&
  verify(publicKey, submissionDigest(submission), decodeKeyText(submission.signature), verifySignature)

/** The value of the `Tributary-Submission` header: base64url of JSON, under 4 KiB. */
export const encodeSubmission = (submission: Submission): string =>
  toBase64url(toUtf8(JSON.stringify(submission)))

/** @throws SubmissionFormatError that says what is wrong; the signature is not checked here. */
export const decodeSubmission = (header: string): Submission => {
  if (header.length > MAX_SUBMISSION_CHARACTERS)
    throw new SubmissionFormatError(
      `the ${SUBMISSION_HEADER} header has ${header.length} characters. Send at most ${MAX_SUBMISSION_CHARACTERS}.`,
    )
  const parsed = Submission.safeParse(jsonOf(header))
  if (parsed.success) return parsed.data
  throw new SubmissionFormatError(
    `the ${SUBMISSION_HEADER} header is not a submission: ${problemText(parsed.error)}`,
  )
}

const jsonOf = (header: string): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(fromBase64url(header)))
  } catch (cause) {
    throw new SubmissionFormatError(
      `the ${SUBMISSION_HEADER} header cannot be read. Send base64url (without padding) of a submission’s JSON.`,
      { cause },
    )
  }
}
