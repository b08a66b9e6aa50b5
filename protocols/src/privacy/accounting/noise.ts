import * as z from 'zod/mini'

const length = z.number().check(z.positive())

/** The noise of one round's sum, as far as accounting needs to know it. */
export const RoundNoise = z.discriminatedUnion('kind', [
  /** Gaussian, or Gaussian rounded after the sum was made whole: standard deviation over the L2 sensitivity of one client. */
  z.strictObject({
    kind: z.literal('gaussian'),
    multiplier: z.number().check(z.minimum(1e-6), z.maximum(1e9)),
  }),
  /** Added by the clients to whole vectors: `variance` a client and coordinate in grid steps, of so many clients surely. */
  z.strictObject({
    kind: z.enum(['skellam', 'discrete-gaussian']),
    variance: length,
    clients: z.int().check(z.minimum(1), z.maximum(1_000_000)),
    l2: length,
    l1: length,
    dimension: z.int().check(z.minimum(1), z.maximum(2 ** 31)),
  }),
])
export type RoundNoise = z.infer<typeof RoundNoise>
