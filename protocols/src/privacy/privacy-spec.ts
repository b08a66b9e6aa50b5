import * as z from 'zod/mini'
import { PoissonSampling } from './accounting/sampling.ts'
import { Participation, PrivacyBudget } from './accounting/terms.ts'

const clipNorm = z
  .number()
  .check(z.positive('clipNorm is above 0: the longest (L2) that a client’s delta may be'), z.maximum(1e6))

const noiseMultiplier = z
  .number()
  .check(
    z.minimum(
      0.01,
      'noiseMultiplier is at least 0.01: standard deviation of the noise in units of clipNorm, on the sum',
    ),
    z.maximum(1e4),
  )

/** The client's delta is clipped to a fixed norm, or to one that follows a quantile of the norms (Andrew et al. 2021). */
const Clipping = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('fixed'), clipNorm }),
  z.strictObject({
    kind: z.literal('adaptive'),
    /** The norm of the first round. */
    clipNorm: z._default(clipNorm, 0.1),
    /** The share of clients whose delta is to be within the norm. */
    quantile: z._default(z.number().check(z.gt(0), z.lt(1)), 0.5),
    learningRate: z._default(z.number().check(z.positive(), z.maximum(5)), 0.2),
    /** Standard deviation of the noise on the count of clients within the norm; a twentieth of the cohort is usual. */
    countNoise: z.number().check(z.positive(), z.maximum(1e6)),
  }),
])

const common = {
  /** What the task may spend; the round that would pass it does not begin. */
  budget: PrivacyBudget,
  /** How often one client may take part; each client holds to it by its own record. */
  participation: Participation,
  noiseMultiplier,
}

/**
 * Amplification by sampling is claimed for nothing but Poisson sampling that is stated whole; without it a client's participations compose.
 * (Named `none` where nothing is claimed, which is the default.)
 */
const Sampling = z._default(z.union([z.strictObject({ kind: z.literal('none') }), PoissonSampling]), {
  kind: 'none',
})

const relation = z._default(z.enum(['zero-out', 'replace']), 'zero-out')

/** The differential privacy of a task: where the noise is added, and what is promised by it. */
export const DifferentialPrivacySpec = z
  .discriminatedUnion('mechanism', [
    z.strictObject({ mechanism: z.literal('none') }),
    /** The coordinator adds the noise once, to the sum: it is trusted with the sum, or with each update where they are only sealed. */
    z.strictObject({
      mechanism: z.literal('central'),
      ...common,
      clipping: Clipping,
      sampling: Sampling,
      relation,
    }),
    /** Each client adds a share, so that the sum that is unmasked is private already. */
    z.strictObject({
      mechanism: z.literal('distributed'),
      ...common,
      clipping: Clipping,
      noise: z._default(z.enum(['skellam', 'discrete-gaussian']), 'skellam'),
      /** Share of the quorum that may leave out its noise and the promise still holds. */
      dishonest: z._default(
        z.number().check(z.minimum(0), z.maximum(0.5, 'at most half of a quorum can be dishonest')),
        0.1,
      ),
      relation,
    }),
    /** Each client adds all of the noise: nobody is trusted, and averages of n clients are √n times as noisy as by `central`. */
    z.strictObject({
      mechanism: z.literal('local'),
      ...common,
      clipping: z.strictObject({ kind: z.literal('fixed'), clipNorm }),
    }),
    /** Running sums under trees of noise (Kairouz et al. 2021): no sampling is assumed, rounds of one client lie apart. */
    z.strictObject({
      mechanism: z.literal('dp-ftrl'),
      ...common,
      clipping: z.strictObject({ kind: z.literal('fixed'), clipNorm }),
      /** Rounds of a tree; a power of two wastes nothing. */
      roundsOfTree: z.int().check(z.minimum(2), z.maximum(2 ** 20)),
      relation,
    }),
  ])
  .check(
    z.superRefine((spec, context) => {
      if (spec.mechanism === 'none') return
      if (spec.clipping.kind === 'adaptive')
        if (spec.noiseMultiplier >= 2 * spec.clipping.countNoise)
          context.addIssue({
            code: 'custom',
            path: ['clipping', 'countNoise'],
            message: `countNoise must be above half of noiseMultiplier (${spec.noiseMultiplier}), or the count alone would cost as much as the round`,
          })
      if (spec.mechanism === 'central' && spec.sampling.kind === 'poisson' && spec.relation === 'replace')
        context.addIssue({
          code: 'custom',
          path: ['relation'],
          message:
            'amplification by Poisson sampling is accounted for adding or removing a client, not for replacing one',
        })
    }),
  )
export type DifferentialPrivacySpec = z.infer<typeof DifferentialPrivacySpec>
export type DifferentialPrivacySpecInput = z.input<typeof DifferentialPrivacySpec>
