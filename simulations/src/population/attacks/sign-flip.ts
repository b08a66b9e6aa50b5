import * as z from 'zod'
import type { Attack } from './attack.ts'

/** Sign flipping: sends −scale · own. Li et al. 2019, "RSA", arXiv:1811.03761, section 5. */
export const SignFlipSpec = z.strictObject({
  kind: z.literal('sign-flip'),
  scale: z.number().positive('must be above 0: 1 turns the update round').max(1e9).default(1),
})

export const signFlip = ({ kind, scale }: z.infer<typeof SignFlipSpec>): Attack => ({
  kind,
  sees: 'own',
  sends: 'its own',
  remembers: 0,
  craft: ({ own }) => own.map((value) => -scale * value),
})
