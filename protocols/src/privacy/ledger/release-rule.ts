import * as z from 'zod/mini'
import { PoissonSampling } from '../accounting/sampling.ts'
import { Participation } from '../accounting/terms.ts'

const relation = z.enum(['zero-out', 'replace'])

/** How the rounds of a task are released, and so how their costs add up; see `PrivacyHistory`. */
export const ReleaseRule = z.discriminatedUnion('rule', [
  z.strictObject({ rule: z.literal('participations'), participation: Participation, relation }),
  z.strictObject({
    rule: z.literal('poisson'),
    sampling: PoissonSampling,
    accountant: z._default(z.enum(['renyi', 'privacy-loss-distribution']), 'renyi'),
  }),
  z.strictObject({
    rule: z.literal('tree'),
    participation: Participation,
    relation,
    /** Rounds of a tree; the next one begins another. Each finished tree is completed to a power of two. */
    roundsOfTree: z.int().check(z.minimum(1), z.maximum(2 ** 20)),
  }),
])
export type ReleaseRule = z.infer<typeof ReleaseRule>
