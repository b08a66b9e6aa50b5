import { unreachable } from '@tributary/protocols'
import * as z from 'zod'

const positive = z.number().positive('must be above 0').max(1e12)

/** A positive number, or how it is distributed. */
export const Quantity = z.union([
  positive,
  z.discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('uniform'), least: positive, most: positive })
      .refine(({ least, most }) => least <= most, { path: ['most'], message: 'must not be below least' }),
    /** median · exp(σ · normal), held to at most `most`. */
    z.strictObject({
      kind: z.literal('log-normal'),
      median: positive,
      sigma: z.number().min(0).max(5),
      most: positive.optional(),
    }),
    z.strictObject({ kind: z.literal('exponential'), mean: positive }),
  ]),
])
export type Quantity = z.infer<typeof Quantity>

/** The quantity that these two uniform numbers in [0, 1) come to. */
export const quantityAt = (quantity: Quantity, [u, v]: readonly [number, number]): number => {
  if (typeof quantity === 'number') return quantity
  switch (quantity.kind) {
    case 'uniform':
      return quantity.least + (quantity.most - quantity.least) * u
    case 'log-normal': {
      /** Box and Muller 1958. */
      const normal = Math.sqrt(-2 * Math.log(1 - u)) * Math.cos(2 * Math.PI * v)
      return Math.min(
        quantity.most ?? Number.POSITIVE_INFINITY,
        quantity.median * Math.exp(quantity.sigma * normal),
      )
    }
    case 'exponential':
      return -Math.log(1 - u) * quantity.mean
    default:
      return unreachable(quantity)
  }
}
