/** What a secure round commits to before anybody joins it. Its digest is in every key of the session. */
import * as z from 'zod/mini'
import { EncodedNonce, EncodedPublicKey } from '../crypto/encoded.ts'
import { toUtf8 } from '../crypto/encoding.ts'
import { Digest, isRoundOf, ModelVersion, RoundId, TaskId } from '../ids.ts'
import { digestOf } from '../tensors/digest.ts'
import { largestLevel, VectorLayout } from './vector-layout.ts'

/** More clients than this are summed in several sessions, each with its own roster. */
export const MAX_COHORT = 1_000

const noised = {
  /** Standard deviation of the noise on the sum, in units of maxNorm. */
  noiseMultiplier: z.number().check(z.positive(), z.maximum(1e6)),
  /** L2 norm to which each client clips its update. */
  maxNorm: z.number().check(z.positive(), z.maximum(1e30)),
}

/** Noise that the task promises for the sum; the accountant's business, here only to be refused when it is too weak. */
export const PrivacyPromise = z.discriminatedUnion('mechanism', [
  z.strictObject({ mechanism: z.literal('none') }),
  z.strictObject({ mechanism: z.literal('coordinator-noise'), ...noised }),
  z.strictObject({
    mechanism: z.literal('client-noise'),
    ...noised,
    noise: z.enum(['skellam', 'discrete-gaussian']),
    /** Shares of the noise that are sure to be in the sum: each is sized so that so many make up the multiplier. */
    survivors: z.int().check(z.minimum(1), z.maximum(MAX_COHORT)),
    /**
     * Where maxNorm follows the clients' norms: each votes whether its update was within it, in one more value behind the update's, and
     * this is the noise's standard deviation on the count of the votes. The multiplier is that of both together.
     */
    countNoise: z.optional(z.number().check(z.positive(), z.maximum(1e6))),
  }),
])
export type PrivacyPromise = z.infer<typeof PrivacyPromise>

/** Who takes part: devices of strangers, a few organisations that know each other, or a demonstration. */
export const Audience = z.enum(['fleet', 'silo', 'demo'])
export type Audience = z.infer<typeof Audience>

export const Manifest = z
  .strictObject({
    protocol: z.literal('flsa/1'),
    task: TaskId,
    round: RoundId,
    /** Of a round in which nobody trains: the one whose clients send again what they trained in it, weighed anew. */
    refines: z.optional(RoundId),
    /** Digest of the weights that every client trains from, or measures its distance from. */
    model: Digest,
    /** Digest of the assignment: architecture and plan. */
    plan: Digest,
    /** Where clients keep a vector from round to round: since which version, and digest of the server's control variate if it has one. */
    carried: z.optional(z.strictObject({ since: ModelVersion, control: z.optional(Digest) })),
    /** The Ed25519 key under which the coordinator signs rosters and lists of survivors. */
    coordinator: EncodedPublicKey,
    audience: Audience,
    cohort: z.strictObject({
      /** Fewer clients are never summed. */
      least: z.int().check(z.minimum(2), z.maximum(MAX_COHORT)),
      most: z.int().check(z.minimum(2), z.maximum(MAX_COHORT)),
    }),
    graph: z.strictObject({
      adversary: z.enum(['curious', 'lying']),
      corrupt: z.number().check(z.minimum(0), z.maximum(0.5)),
      dropout: z.number().check(z.minimum(0), z.maximum(0.5)),
      /** SHA-256 commitment to the coordinator's part of the graph's seed. */
      seedCommitment: EncodedNonce,
    }),
    /** Which of the round's groups this is, from 0; left out where there is one alone. */
    group: z.optional(z.int().check(z.minimum(0))),
    /** `confirmed`: survivors sign one list of survivors, and see others' signatures, before anyone opens a share. */
    unmasking: z.enum(['direct', 'confirmed']),
    vector: VectorLayout,
    privacy: PrivacyPromise,
  })
  .check(
    z.superRefine(({ task, round, refines, cohort, vector }, issues) => {
      if (!isRoundOf(task, round))
        issues.addIssue({ code: 'custom', path: ['round'], message: 'the round is not one of the task' })
      if (refines !== undefined && !isRoundOf(task, refines))
        issues.addIssue({ code: 'custom', path: ['refines'], message: 'the round is not one of the task' })
      if (cohort.least > cohort.most)
        issues.addIssue({ code: 'custom', path: ['cohort', 'least'], message: 'least must not exceed most' })
      if (largestLevel(vector.bits, cohort.most) < 1)
        issues.addIssue({
          code: 'custom',
          path: ['vector', 'bits'],
          message: `${vector.bits} bits do not hold a sum over ${cohort.most} clients`,
        })
    }),
  )
export type Manifest = z.infer<typeof Manifest>

/** The digest of the manifest's JSON, its keys in the schema's order; taken once for each manifest, which never changes. */
export const manifestDigest = (manifest: Manifest): Digest => {
  const known = digests.get(manifest)
  if (known) return known
  const digest = digestOf(toUtf8(JSON.stringify(Manifest.parse(manifest))))
  digests.set(manifest, digest)
  return digest
}

const digests = new WeakMap<Manifest, Digest>()
