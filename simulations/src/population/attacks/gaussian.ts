import { normal } from '@tributary/protocols/runtime'
import * as z from 'zod'
import type { Attack } from './attack.ts'

/**
 * Gaussian noise: sends draws of N(0, σ² I), about 0 or about its own update. Blanchard et al. 2017, "Machine learning with
 * adversaries", section 5, with σ = 200 about 0.
 */
export const GaussianSpec = z.strictObject({
  kind: z.literal('gaussian'),
  sigma: z.number().positive('must be above 0').max(1e9).default(200),
  around: z.enum(['zero', 'own']).default('zero'),
})

export const gaussian = ({ kind, sigma, around }: z.infer<typeof GaussianSpec>): Attack => ({
  kind,
  sees: 'own',
  sends: 'its own',
  remembers: 0,
  craft: ({ own, random }) => own.map((value) => (around === 'own' ? value : 0) + sigma * normal(random)),
})
