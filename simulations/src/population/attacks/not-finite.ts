import { uniform } from '@tributary/protocols/runtime'
import * as z from 'zod'
import type { Attack } from './attack.ts'

/**
 * Values that are not finite: one NaN in a mean makes the whole model NaN. No paper: a diverged training sends the same. What stops
 * it is a check at the door.
 */
export const NotFiniteSpec = z.strictObject({
  kind: z.literal('not-finite'),
  value: z.enum(['nan', 'infinity', '-infinity']).default('nan'),
  /** Of the coordinates; at least one is. */
  share: z.number().min(0).max(1).default(1),
})

const VALUES = {
  nan: Number.NaN,
  infinity: Number.POSITIVE_INFINITY,
  '-infinity': Number.NEGATIVE_INFINITY,
} as const

export const notFinite = ({ kind, value, share }: z.infer<typeof NotFiniteSpec>): Attack => ({
  kind,
  sees: 'own',
  sends: 'its own',
  remembers: 0,
  craft({ own, random }) {
    const always = Math.floor(uniform(random) * own.length)
    return own.map((honest, i) => (i === always || uniform(random) < share ? VALUES[value] : honest))
  },
})
