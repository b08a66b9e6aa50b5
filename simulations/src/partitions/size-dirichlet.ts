import { type SeededRandom, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { concentrations } from './concentrations.ts'
import { cutInto, everyRow, proportionalSizes } from './cut.ts'
import { drawDirichlet } from './draw-dirichlet.ts'
import { Alpha, Clients } from './fields.ts'
import { checkClients, type PartitionRows } from './partition-rows.ts'

export const SizeDirichletSpec = z.strictObject({
  kind: z.literal('size-dirichlet'),
  clients: Clients,
  alpha: Alpha,
  /** Rows that every client has before the rest is shared out. */
  minimumSize: z.int().min(0).default(1),
})

/** Clients alike in what they hold, unlike in how much: sizes by one Dirichlet draw (quantity skew of Li et al. 2022, arXiv:2102.02079). */
export const sizeDirichlet = (
  rows: PartitionRows,
  { clients, alpha, minimumSize }: z.infer<typeof SizeDirichletSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  checkClients(rows, clients, minimumSize)
  const shares = drawDirichlet(random, concentrations(alpha, clients, 'clients'))
  const sizes = proportionalSizes(rows.count - clients * minimumSize, shares).map(
    (size) => size + minimumSize,
  )
  return cutInto(shuffle(random, everyRow(rows.count)), sizes)
}
