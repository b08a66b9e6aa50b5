import * as z from 'zod'
import type { Attack } from './attack.ts'
import { meanOf } from './moments.ts'

/**
 * Inner product manipulation: sends −ε times the mean of the honest updates, so that the aggregate points away from it. Xie,
 * Koyejo and Gupta 2019, "Fall of empires", arXiv:1903.03936: ε = 0.1 slips past Krum and the median, ε large turns the mean.
 */
export const InnerProductSpec = z.strictObject({
  kind: z.literal('inner-product'),
  sees: z.enum(['colluders', 'honest']).default('honest'),
  epsilon: z.number().positive('must be above 0: the paper has 0.1 to 10').max(1e9).default(0.1),
})

export const innerProduct = ({ kind, sees, epsilon }: z.infer<typeof InnerProductSpec>): Attack => ({
  kind,
  sees,
  sends: 'the same',
  remembers: 0,
  craft: ({ honest }) => Float32Array.from(meanOf(honest), (value) => -epsilon * value),
})
