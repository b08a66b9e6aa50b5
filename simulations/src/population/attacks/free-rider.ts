import { normal } from '@tributary/protocols/runtime'
import * as z from 'zod'
import type { Attack } from './attack.ts'

/**
 * Free rider: sends the model back as it came, a delta of 0, or disguised by noise of deviation σ t^−γ in round t. Fraboni, Vidal and Lorenzi
 * 2021, "Free-rider attacks on model aggregation in federated learning", arXiv:2006.11901. It wants the model, not to harm it.
 */
export const FreeRiderSpec = z.strictObject({
  kind: z.literal('free-rider'),
  sigma: z.number().min(0).max(1e9).default(0),
  gamma: z.number().min(0).max(10).default(1),
})

export const freeRider = ({ kind, sigma, gamma }: z.infer<typeof FreeRiderSpec>): Attack => ({
  kind,
  sees: 'own',
  sends: 'its own',
  remembers: 0,
  craft({ own, round, random }) {
    const deviation = sigma * round ** -gamma
    return own.map(() => (deviation === 0 ? 0 : deviation * normal(random)))
  },
})
