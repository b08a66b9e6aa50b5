import * as z from 'zod'
import type { Attack, Seen } from './attack.ts'
import { momentsOf } from './moments.ts'
import { normalQuantile } from './normal-quantile.ts'

/**
 * A little is enough: sends μ − z σ by coordinate, of the updates it sees. Baruch, Baruch and Goldberg 2019, arXiv:1902.06156, algorithm
 * 3: of n updates, f by colluders, z = Φ⁻¹((n − f − s) / (n − f)) with s = ⌊n/2 + 1⌋ − f, the farthest off at which s honest updates are
 * farther still, which gives the attackers a majority. σ is over n, not n − 1. The paper's attackers know their own updates alone.
 */
export const LittleIsEnoughSpec = z.strictObject({
  kind: z.literal('little-is-enough'),
  sees: z.enum(['colluders', 'honest']).default('colluders'),
  /** Left out: from the round's n and f. */
  z: z.number().positive('must be above 0').max(1e6).optional(),
})

export const littleIsEnough = (spec: z.infer<typeof LittleIsEnoughSpec>): Attack => ({
  kind: spec.kind,
  sees: spec.sees,
  sends: 'the same',
  remembers: 0,
  craft({ honest, cohort }) {
    const { mean, deviation } = momentsOf(honest)
    const z = spec.z ?? Math.max(0, littleIsEnoughZ(cohort))
    return Float32Array.from(mean, (value, i) => value - z * (deviation[i] ?? 0))
  },
})

/**
 * z of the paper. Where the attackers are the majority already (s < 1) that of s = 1; where nobody is honest, or n is 1 or 2, 0.
 */
export const littleIsEnoughZ = ({ updates, attackers }: Seen['cohort']): number => {
  const honest = updates - attackers
  const supporters = Math.max(1, Math.floor(updates / 2 + 1) - attackers)
  return supporters >= honest ? 0 : normalQuantile((honest - supporters) / honest)
}
