import * as z from 'zod'
import type { Attack } from './attack.ts'

/** The greatest float32. */
const GREATEST = (2 - 2 ** -23) * 2 ** 127

/**
 * Huge but finite: its own update times `scale`, held within float32, so that a check for finite values lets it pass and one update is the
 * mean. No paper: the bluntest form of model replacement, which a norm bound has to stop, and a sum of squares in float32 overflows on.
 */
export const HugeSpec = z.strictObject({
  kind: z.literal('huge'),
  scale: z.number().min(1, 'give 1 or more').max(1e38).default(1e30),
})

export const huge = ({ kind, scale }: z.infer<typeof HugeSpec>): Attack => ({
  kind,
  sees: 'own',
  sends: 'its own',
  remembers: 0,
  craft: ({ own }) => own.map((value) => Math.max(-GREATEST, Math.min(GREATEST, scale * value))),
})
