import * as z from 'zod/mini'

/**
 * The geometric median by repeated sums (Pillutla, Kakade and Harchaoui 2019): a round in which clients train, and rounds in which they send what
 * they trained again, weighed by its distance from the model that the sums have come to.
 */
export const Refining = z.strictObject({
  /** R: sums that make a model. The first is the plain mean of a round in which clients train. */
  steps: z._default(z.int().check(z.minimum(1), z.maximum(20)), 3),
  /** ν: L2 distances below it count as it. Weights are most precise where it is about a hundredth of an honest client's distance. */
  nu: z._default(z.number().check(z.minimum(1e-9), z.maximum(1e6)), 0.01),
})
export type Refining = z.infer<typeof Refining>
