/** What of a model is each client's own. */
import * as z from 'zod/mini'

export const Personalization = z.discriminatedUnion('kind', [
  /** Tensors of these layers stay on each device and are trained there (FedPer: Arivazhagan et al. 2019; LG-FedAvg: Liang et al. 2020). */
  z.strictObject({
    kind: z.literal('local-layers'),
    /** Names of layers, or `last`. */
    layers: z
      .array(z.string().check(z.minLength(1), z.maxLength(256)))
      .check(z.minLength(1), z.maxLength(256)),
  }),
  /** Batch normalization is each device's own: scales, shifts and statistics (FedBN: Li et al. 2021, arXiv:2102.07623). */
  z.strictObject({ kind: z.literal('fedbn') }),
  /** Beside the shared model each device trains one of its own, pulled to the shared one by ½λ‖v − w‖² (Li et al. 2021, arXiv:2012.04221). */
  z.strictObject({
    kind: z.literal('ditto'),
    /** λ; 0 is training alone. */
    lambda: z.number().check(z.minimum(0), z.maximum(1e3)),
    /** Of the model of one's own; left out, the plan's. */
    epochs: z.optional(z.int().check(z.minimum(1), z.maximum(10_000))),
  }),
])
export type Personalization = z.infer<typeof Personalization>
