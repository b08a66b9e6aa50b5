import * as z from 'zod/mini'

/** How often one client may take part. A bound that nobody enforces is no bound: the client's own record is what counts. */
export const Participation = z.strictObject({
  /** Rounds at most, over the life of the task. */
  most: z.int().check(z.minimum(1, 'a client takes part at least once'), z.maximum(1_000_000)),
  /** Rounds that lie between two of them at least. */
  between: z._default(z.int().check(z.minimum(0), z.maximum(1_000_000_000)), 0),
})
export type Participation = z.infer<typeof Participation>

/** What a task may spend in all. */
export const PrivacyBudget = z.strictObject({
  epsilon: z.number().check(z.positive('a budget is above 0'), z.maximum(1_000)),
  delta: z.number().check(z.gt(0, 'delta is above 0'), z.maximum(0.01, 'a delta above 0.01 protects nobody')),
})
export type PrivacyBudget = z.infer<typeof PrivacyBudget>
