import * as z from 'zod'

/** How often one client may take part. A bound that nobody enforces is no bound: the client's own record is what counts. */
export const Participation = z.strictObject({
  /** Rounds at most, over the life of the task. */
  most: z.int().min(1, 'a client takes part at least once').max(1_000_000),
  /** Rounds that lie between two of them at least. */
  between: z.int().min(0).max(1_000_000_000).default(0),
})
export type Participation = z.infer<typeof Participation>

/** What a task may spend in all. */
export const PrivacyBudget = z.strictObject({
  epsilon: z.number().positive('a budget is above 0').max(1_000),
  delta: z.number().gt(0, 'delta is above 0').max(0.01, 'a delta above 0.01 protects nobody'),
})
export type PrivacyBudget = z.infer<typeof PrivacyBudget>
