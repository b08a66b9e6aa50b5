import * as z from 'zod/mini'
import { PoissonSampling } from './sampling.ts'
import { Participation } from './terms.ts'

/**
 * What two inputs that must look alike differ by.
 * `zero-out`: one client's contributions are exchanged for zeros, who takes part being the same (Kairouz et al. 2021): what holds
 * of cohorts that were not sampled. `add-or-remove`: one client is there or not. `replace`: one client's contributions are
 * exchanged for any others, which moves a sum twice as far.
 */
export const Relation = z.enum(['zero-out', 'add-or-remove', 'replace'])
export type Relation = z.infer<typeof Relation>

export const AccountantName = z.enum(['exact-gaussian', 'renyi', 'privacy-loss-distribution'])
export type AccountantName = z.infer<typeof AccountantName>

/** (ε, δ)-differential privacy with everything that the two numbers mean nothing without. */
export const PrivacyClaim = z.strictObject({
  /** Null where no finite ε was found at this δ. */
  epsilon: z.nullable(z.number().check(z.minimum(0))),
  delta: z.number().check(z.gt(0), z.lt(1)),
  /** All that one client ever contributed is hidden, not one example of it. */
  unit: z.literal('client'),
  relation: Relation,
  sampling: z.union([z.strictObject({ kind: z.literal('none') }), PoissonSampling]),
  /** Null under Poisson sampling, where a client may take part in every round. */
  participation: z.nullable(Participation),
  accountant: AccountantName,
  /** Rounds that were released. */
  rounds: z.int().check(z.minimum(0)),
})
export type PrivacyClaim = z.infer<typeof PrivacyClaim>
