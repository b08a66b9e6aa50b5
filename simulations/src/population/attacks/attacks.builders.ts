import { normal, seededRandom } from '@tributary/protocols/runtime'
import type * as z from 'zod'
import type { Attack, LabelledRowsOfShape, Seen } from './attack.ts'
import { AttackSpec, attackOf } from './registry.ts'

export const anAttack = (spec: z.input<typeof AttackSpec>): Attack => attackOf(AttackSpec.parse(spec))

export const aSight = (with_: Partial<Seen> = {}): Seen => {
  const own = with_.own ?? Float32Array.of(1, -2, 0.5)
  return {
    own,
    honest: [own],
    round: 1,
    random: seededRandom('attack'),
    cohort: { updates: 10, attackers: 2 },
    share: 0.1,
    earlier: [],
    ...with_,
  }
}

/** Updates about (1, −1, 0, …), as training on the same task gives. */
export const someUpdates = (count: number, length: number, seed: string | number): Float32Array[] => {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () =>
    Float32Array.from({ length }, (_, i) => (i % 3 === 0 ? 1 : i % 3 === 1 ? -1 : 0) + 0.5 * normal(random)),
  )
}

/** `count` dark images of 5 × 5 with labels 0, 1, 2, 0, … */
export const someImages = (count: number, channels = 1): LabelledRowsOfShape => ({
  shape: channels === 1 ? [5, 5] : [5, 5, channels],
  classes: 3,
  inputs: new Float32Array(count * 25 * channels),
  labels: Uint8Array.from({ length: count }, (_, row) => row % 3),
})
