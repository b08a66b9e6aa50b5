/** How a task's updates are protected: who can read one of them, and what the sum of them gives away. */
import * as z from 'zod/mini'
import { DifferentialPrivacySpec } from '../privacy/privacy-spec.ts'
import { Audience, MAX_COHORT } from '../secagg/manifest.ts'

const share = z.number().check(z.minimum(0), z.maximum(0.5))

/** Metrics that are summed under the mask: a name, and the largest magnitude one client's mean may have. */
const SummedMetrics = z
  .record(
    z
      .string()
      .check(
        z.regex(/^[a-z][a-z0-9_.-]{0,31}$/, 'a summed metric is a letter and up to 31 more of a-z 0-9 _ . -'),
      ),
    z.number().check(z.positive(), z.maximum(1e9)),
  )
  .check(z.refine((metrics) => Object.keys(metrics).length <= 32, 'at most 32 metrics are summed'))

/** Updates are sealed to the round's key; the coordinator opens each of them. */
const Sealed = z.strictObject({
  mode: z.literal('sealed'),
  /** `central`, `local` or `dp-ftrl`; left out, nothing is promised. */
  differentialPrivacy: z.optional(DifferentialPrivacySpec),
})

/**
 * A range that follows the clients: each adds to the sum whether its values were within it, and the next round's is larger or smaller by
 * how many were (after Andrew et al. 2021, without noise: the count is told as it is).
 */
const AdaptiveRange = z.strictObject({
  kind: z.literal('adaptive'),
  /** The range of the first round. */
  first: z._default(z.number().check(z.positive(), z.maximum(1e6)), 1),
  /** The share of clients whose values are all to be within the range. */
  quantile: z._default(z.number().check(z.gt(0), z.lt(1)), 0.9),
  learningRate: z._default(z.number().check(z.positive(), z.maximum(5)), 0.2),
})

/** Updates are masked before they are sealed; the coordinator learns their sum and nothing else of them. Rules M of docs/protocol.md. */
const SecureAggregation = z.strictObject({
  mode: z.literal('secure-aggregation'),
  /** Sets the floors below which clients refuse: devices of strangers, organisations that know each other, or a demonstration. */
  audience: z._default(Audience, 'fleet'),
  /** Against a coordinator that lies about who dropped out, or one that only looks. */
  adversary: z._default(z.enum(['curious', 'lying']), 'lying'),
  /** Share of the cohort that may collude with the coordinator. */
  corrupt: z._default(share, 0.05),
  /** Share of the cohort that may drop out. */
  dropout: z._default(share, 0.3),
  /** `confirmed`: survivors sign one list of survivors before anyone opens a share; a step more. */
  unmasking: z._default(z.enum(['direct', 'confirmed']), 'direct'),
  /** Bits of a masked value: the sum is exact below 2^(bits − 1) levels over the whole cohort. */
  bits: z._default(z.int().check(z.minimum(8), z.maximum(32)), 32),
  /**
   * The most clients whose updates are in one sum; more are divided evenly into groups, each with a sum of its own. A strategy that looks at
   * each update sees the groups' means: a few clients can spoil their own group's and no other.
   */
  groupSize: z._default(z.int().check(z.minimum(2), z.maximum(MAX_COHORT)), MAX_COHORT),
  /** The most examples that one client counts as. */
  maxExamples: z._default(z.int().check(z.minimum(1), z.maximum(2_147_483_647)), 10_000),
  /** The largest magnitude of one value of a delta; what is beyond is held to it. Left out: the plan's clipNorm, or 1. */
  range: z.optional(z.union([z.number().check(z.positive(), z.maximum(1e9)), AdaptiveRange])),
  metrics: z._default(SummedMetrics, {}),
  /** How long clients have for each step but training: keys, shares, confirmations, unmasking. */
  stepSeconds: z._default(z.number().check(z.positive(), z.maximum(86_400)), 60),
  /** `distributed`: each client adds its share of the noise under the mask; left out, nothing is promised. */
  differentialPrivacy: z.optional(DifferentialPrivacySpec),
})
export type SecureAggregation = z.infer<typeof SecureAggregation>

const mechanismsOf = {
  sealed: ['none', 'central', 'local', 'dp-ftrl'],
  'secure-aggregation': ['none', 'distributed'],
} as const

export const PrivacySpec = z.discriminatedUnion('mode', [Sealed, SecureAggregation]).check(
  z.superRefine((privacy, context) => {
    const mechanism = privacy.differentialPrivacy?.mechanism ?? 'none'
    const possible: readonly string[] = mechanismsOf[privacy.mode]
    if (!possible.includes(mechanism))
      context.addIssue({
        code: 'custom',
        path: ['differentialPrivacy', 'mechanism'],
        message: `${mechanism} noise does not go with ${privacy.mode} updates: choose ${possible.join(', ')}`,
      })
    if (
      privacy.mode === 'secure-aggregation' &&
      mechanism === 'distributed' &&
      Object.keys(privacy.metrics).length > 0
    )
      context.addIssue({
        code: 'custom',
        path: ['metrics'],
        message: 'sums of metrics would be released without noise: leave them out under differential privacy',
      })
    if (
      privacy.mode === 'secure-aggregation' &&
      mechanism === 'distributed' &&
      typeof privacy.range === 'object'
    )
      context.addIssue({
        code: 'custom',
        path: ['range'],
        message:
          'under differential privacy deltas are held to a norm, which has an adaptive of its own: leave the range out',
      })
  }),
)
export type PrivacySpec = z.infer<typeof PrivacySpec>
