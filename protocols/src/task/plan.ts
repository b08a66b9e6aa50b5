import * as z from 'zod/mini'

const learningRate = z.number().check(z.positive(), z.maximum(1_000))

/** The client's optimizer. State does not outlive a round: every round starts it afresh. */
export const Optimizer = z.discriminatedUnion('name', [
  z.strictObject({
    name: z.literal('sgd'),
    learningRate,
    momentum: z._default(z.number().check(z.minimum(0), z.lt(1)), 0),
  }),
  z.strictObject({
    name: z.literal('adam'),
    learningRate,
    beta1: z._default(z.number().check(z.minimum(0), z.lt(1)), 0.9),
    beta2: z._default(z.number().check(z.minimum(0), z.lt(1)), 0.999),
    epsilon: z._default(z.number().check(z.positive()), 1e-7),
  }),
])
export type Optimizer = z.infer<typeof Optimizer>

/** What the model's output is compared by. */
export const Loss = z.enum(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'mean-squared-error'])
export type Loss = z.infer<typeof Loss>

/** What a client does in a round. */
export const Plan = z.strictObject({
  /** Passes over the client's own examples. */
  epochs: z.int().check(z.minimum(1), z.maximum(10_000)),
  /** Examples a step. */
  batchSize: z.int().check(z.minimum(1), z.maximum(1_000_000)),
  optimizer: Optimizer,
  loss: Loss,
  /** μ of FedProx (Li et al. 2020): the weight of ½‖w − w_global‖²; 0 is plain FedAvg. */
  proximal: z._default(z.number().check(z.minimum(0), z.maximum(1e6)), 0),
  /** The largest L2 norm a delta may have; a longer one is scaled down to it before sealing. */
  clipNorm: z.optional(z.number().check(z.positive())),
})
export type Plan = z.infer<typeof Plan>
