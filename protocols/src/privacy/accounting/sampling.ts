import * as z from 'zod/mini'

/**
 * The statement without which no amplification by sampling is claimed: in every round each client takes part by an independent coin
 * of its own, nobody outside the coordinator learns how it fell, and the coordinator lets in nobody whose coin did not say so.
 * First-come cohorts, cohorts of a fixed size and clients that choose their own rounds are not this. The brand keeps a value from
 * being written down anywhere but through this schema.
 */
export const PoissonSampling = z
  .strictObject({
    kind: z.literal('poisson'),
    /** The probability, in every round, that a client takes part. */
    rate: z
      .number()
      .check(z.gt(0, 'a sampling rate is above 0'), z.maximum(1, 'a sampling rate is at most 1')),
    independent: z.literal(true, 'each client’s coin must be independent of every other'),
    secret: z.literal(true, 'who took part must be known to the coordinator alone'),
    enforced: z.literal(true, 'the coordinator itself must toss the coins and turn the others away'),
  })
  .brand<'PoissonSampling'>()
export type PoissonSampling = z.infer<typeof PoissonSampling>
