import * as z from 'zod'

/** Fields that several kinds of partition share. */
export const Clients = z.int().min(1, 'give one client or more').max(1_000_000)

export const By = (left: string) => z.string().min(1).default(left)

const OneAlpha = z
  .number()
  .positive('must be above 0: 0.1 makes clients unlike each other, 100 nearly alike')
  .max(1e9)
export const Alpha = z.union([OneAlpha, z.array(OneAlpha).min(1)])
export type Alpha = z.infer<typeof Alpha>

export const Sizes = z.array(z.int().min(1, 'a client has one row or more')).min(1)
