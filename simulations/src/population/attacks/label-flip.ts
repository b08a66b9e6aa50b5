import { uniform } from '@tributary/protocols/runtime'
import * as z from 'zod'
import type { Attack } from './attack.ts'

/**
 * Label flipping: trains honestly on rows whose label is not theirs. Biggio et al. 2012, "Poisoning attacks against support vector
 * machines"; for federated learning Tolpegin et al. 2020, arXiv:2007.08432 (one label for another), and Fang et al. 2020,
 * arXiv:1911.11815, section 5.1 (label l becomes L − 1 − l of L).
 */
export const LabelFlipSpec = z.strictObject({
  kind: z.literal('label-flip'),
  /** Left out: l becomes L − 1 − l. */
  pairs: z
    .array(z.strictObject({ from: z.int().min(0).max(255), to: z.int().min(0).max(255) }))
    .min(1)
    .refine((pairs) => new Set(pairs.map(({ from }) => from)).size === pairs.length, {
      message: 'a label is flipped to one other: name each `from` once',
    })
    .optional(),
  /** Of the rows concerned. */
  share: z.number().gt(0, 'must be above 0: a share of the rows').max(1).default(1),
})

export const labelFlip = ({ kind, pairs, share }: z.infer<typeof LabelFlipSpec>): Attack => {
  const flips = pairs && new Map(pairs.map(({ from, to }) => [from, to]))
  return {
    kind,
    sees: 'own',
    sends: 'its own',
    remembers: 0,
    poison(rows, random) {
      const { classes, labels } = rows
      for (const [from, to] of flips ?? [])
        if (from >= classes || to >= classes)
          throw new RangeError(`labels ${from} to ${to} cannot be flipped: there are ${classes}, from 0`)
      return {
        ...rows,
        labels: labels.map((label) =>
          share < 1 && uniform(random) >= share
            ? label
            : flips
              ? (flips.get(label) ?? label)
              : classes - 1 - label,
        ),
      }
    },
  }
}
