import * as z from 'zod'

const learningRate = z.number().positive().max(1_000)

/** The client's optimizer. State does not outlive a round: every round starts it afresh. */
export const Optimizer = z.discriminatedUnion('name', [
  z.strictObject({ name: z.literal('sgd'), learningRate, momentum: z.number().min(0).lt(1).default(0) }),
  z.strictObject({
    name: z.literal('adam'),
    learningRate,
    beta1: z.number().min(0).lt(1).default(0.9),
    beta2: z.number().min(0).lt(1).default(0.999),
    epsilon: z.number().positive().default(1e-7),
  }),
])
export type Optimizer = z.infer<typeof Optimizer>

/** What the model's output is compared by. */
export const Loss = z.enum(['softmax-cross-entropy', 'sigmoid-cross-entropy', 'mean-squared-error'])
export type Loss = z.infer<typeof Loss>

/** What a client does in a round. */
export const Plan = z.strictObject({
  /** Passes over the client's own examples. */
  epochs: z.int().min(1).max(10_000),
  /** Examples a step. */
  batchSize: z.int().min(1).max(1_000_000),
  optimizer: Optimizer,
  loss: Loss,
  /** μ of FedProx (Li et al. 2020): the weight of ½‖w − w_global‖²; 0 is plain FedAvg. */
  proximal: z.number().min(0).max(1e6).default(0),
  /** The largest L2 norm a delta may have; a longer one is scaled down to it before sealing. */
  clipNorm: z.number().positive().optional(),
})
export type Plan = z.infer<typeof Plan>
