import { type SeededRandom, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { concentrations } from './concentrations.ts'
import { cutInto, proportionalSizes } from './cut.ts'
import { drawDirichlet } from './draw-dirichlet.ts'
import { Alpha, By, Clients } from './fields.ts'
import { categoryBy, checkClients, type PartitionRows, rowsByName } from './partition-rows.ts'

export const DirichletSpec = z.strictObject({
  kind: z.literal('dirichlet'),
  clients: Clients,
  /** One for all clients, or one for each. */
  alpha: Alpha,
  /** Draws are repeated until every client has as many rows. */
  minimumSize: z.int().min(0).default(1),
  /** A client that has its even share of all rows already gets no more of the labels that follow. */
  selfBalancing: z.boolean().default(false),
  by: By('label'),
})

const ATTEMPTS = 100

/**
 * The rows of each label are shared out among the clients by a draw from a Dirichlet distribution (Yurochkin et al. 2019,
 * arXiv:1905.12022; in the form of Li et al. 2022, arXiv:2102.02079, `selfBalancing`). With one α for C clients the share of a
 * label that one client holds has mean 1/C and variance (1/C)(1 − 1/C) / (Cα + 1).
 */
export const dirichlet = (
  rows: PartitionRows,
  spec: z.infer<typeof DirichletSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  const { clients, alpha, minimumSize, by } = spec
  checkClients(rows, clients, minimumSize)
  const alphas = concentrations(alpha, clients, 'clients')
  const perLabel = rowsByName(categoryBy(rows, by))
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const sizes = drawSizes(
      perLabel.map((own) => own.length),
      alphas,
      rows.count,
      spec.selfBalancing,
      random.fork(`attempt ${attempt}`),
    )
    const totals = alphas.map((_, client) => sizes.reduce((sum, own) => sum + (own[client] ?? 0), 0))
    if (totals.every((total) => total >= minimumSize))
      return deal(perLabel, sizes, totals, random.fork('rows'))
  }
  return refuse(
    'minimumSize',
    `in ${ATTEMPTS} draws some client of ${clients} always had less than ${minimumSize} rows: raise alpha, lower minimumSize or ask for fewer clients`,
  )
}

/** How many rows of each label each client gets: `sizes[label][client]`. */
const drawSizes = (
  perLabel: readonly number[],
  alphas: readonly number[],
  count: number,
  selfBalancing: boolean,
  random: SeededRandom,
): number[][] => {
  const totals = alphas.map(() => 0)
  return perLabel.map((size) => {
    const shares = drawDirichlet(random, alphas)
    const open = shares.map((share, client) =>
      selfBalancing && (totals[client] ?? 0) >= count / alphas.length ? 0 : share,
    )
    // Where nobody who is open has any share to speak of, the draw stands as it is.
    const sizes = proportionalSizes(size, open.some((share) => share > 0) ? open : shares)
    for (const [client, own] of sizes.entries()) totals[client] = (totals[client] ?? 0) + own
    return sizes
  })
}

const deal = (
  perLabel: readonly (readonly number[])[],
  sizes: readonly (readonly number[])[],
  totals: readonly number[],
  random: SeededRandom,
): Uint32Array[] => {
  const parts = totals.map((total) => ({ rows: new Uint32Array(total), filled: 0 }))
  for (const [label, own] of perLabel.entries())
    for (const [client, dealt] of cutInto(shuffle(random, own), sizes[label] ?? []).entries()) {
      const part = parts[client]
      part?.rows.set(dealt, part.filled)
      if (part) part.filled += dealt.length
    }
  return parts.map((part) => part.rows.sort())
}
