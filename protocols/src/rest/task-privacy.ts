/** `GET /api/v1/tasks/{task}/privacy`. */
import * as z from 'zod'
import { PrivacyClaim } from '../privacy/accounting/claim.ts'

export const TaskPrivacyView = z.object({
  /** What the task may spend; null where it has no differential privacy. */
  budget: z.object({ epsilon: z.number().gt(0), delta: z.number().gt(0).lt(1) }).nullable(),
  /** What it has spent so far; null before the first round that spends any. */
  spent: z.nullable(PrivacyClaim),
  /** How many more rounds like the next one the budget allows; null where that is unlimited or there is no budget. */
  roundsLeft: z.int().min(0).nullable(),
  /** Whether updates are summed under secure aggregation. */
  secureAggregation: z.boolean(),
})
export type TaskPrivacyView = z.infer<typeof TaskPrivacyView>
