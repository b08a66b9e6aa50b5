import { seededRandom, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { cutInto, evenSizes, everyRow } from './cut.ts'
import { Clients, Sizes } from './fields.ts'

/** Who has which features of every row, in place of which rows. `shuffled`: which features go together is drawn. */
export const VerticalSpec = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('vertical-even'),
    clients: Clients,
    shuffled: z.boolean().default(false),
  }),
  z.strictObject({ kind: z.literal('vertical-sizes'), sizes: Sizes, shuffled: z.boolean().default(false) }),
])
export type VerticalSpec = z.infer<typeof VerticalSpec>

/**
 * Features 0 … `features` − 1 given out, each once, ascending within a client.
 * @throws ScenarioError when there are fewer than asked for, or some are left over.
 */
export const partitionFeatures = (
  features: number,
  spec: VerticalSpec,
  seed: string | number,
): Uint32Array[] => {
  const sizes = spec.kind === 'vertical-even' ? evenSizes(features, spec.clients) : spec.sizes
  if (sizes.some((size) => size === 0))
    refuse('clients', `${sizes.length} clients for ${features} features: ask for ${features} at most`)
  const total = sizes.reduce((a, b) => a + b, 0)
  if (total !== features)
    refuse('sizes', `sum to ${total}, there are ${features} features: give out each once`)
  const order = everyRow(features)
  const random = seededRandom(seed).fork('vertical partition v1')
  return cutInto(spec.shuffled ? shuffle(random, order) : order, sizes)
}
