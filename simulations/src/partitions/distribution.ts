import { normal, type SeededRandom, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { cutInto, proportionalSizes } from './cut.ts'
import { By, Clients } from './fields.ts'
import { categoryBy, type PartitionRows, rowsByName } from './partition-rows.ts'

const Weights = z.discriminatedUnion('kind', [
  /** exp(σ · normal): a few clients have most of the rows. */
  z.strictObject({ kind: z.literal('log-normal'), sigma: z.number().min(0).max(20).default(2) }),
  /** `of[label][j]`: the weight of the j-th client, by number, who holds that label. */
  z.strictObject({ kind: z.literal('given'), of: z.array(z.array(z.number().min(0)).min(1)).min(1) }),
])

export const DistributionSpec = z.strictObject({
  kind: z.literal('distribution'),
  clients: Clients,
  labelsPerClient: z.int().min(1).default(2),
  weights: Weights.default({ kind: 'log-normal', sigma: 2 }),
  /** Rows of each of its labels that a client has before the rest is shared out. */
  minimumPerLabel: z.int().min(0).default(1),
  by: By('label'),
})

/**
 * Client i holds labels i, i + 1, … up to its number, and the rows of a label are shared out among its holders in proportion to
 * weights: with 1,000 clients, two labels and log-normal weights the MNIST of FedProx (Li et al. 2020, arXiv:1812.06127).
 */
export const distribution = (
  rows: PartitionRows,
  { clients, labelsPerClient, weights, minimumPerLabel, by }: z.infer<typeof DistributionSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  const perLabel = rowsByName(categoryBy(rows, by)).filter((own) => own.length > 0)
  const labels = perLabel.length
  if (labelsPerClient > labels)
    refuse('labelsPerClient', `there are ${labels} labels: ask for ${labels} at most`)
  if (clients + labelsPerClient - 1 < labels)
    refuse(
      'clients',
      `${clients} clients of ${labelsPerClient} labels leave some of ${labels} labels to nobody: ask for ${labels - labelsPerClient + 1} clients or more`,
    )
  const parts = Array.from({ length: clients }, (): number[] => [])
  for (const [label, own] of perLabel.entries()) {
    const holders = parts.flatMap((_, client) =>
      (label - (client % labels) + labels) % labels < labelsPerClient ? [client] : [],
    )
    const spare = own.length - holders.length * minimumPerLabel
    if (spare < 0)
      refuse(
        'minimumPerLabel',
        `label ${label} has ${own.length} rows for ${holders.length} clients of ${minimumPerLabel}: ask for fewer clients or a lower minimum`,
      )
    const sizes = proportionalSizes(spare, weightsOf(weights, label, labels, holders.length, random))
    const dealt = cutInto(
      shuffle(random, own),
      sizes.map((size) => size + minimumPerLabel),
    )
    for (const [i, client] of holders.entries()) for (const row of dealt[i] ?? []) parts[client]?.push(row)
  }
  return parts.map((part) => Uint32Array.from(part).sort())
}

const weightsOf = (
  weights: z.infer<typeof Weights>,
  label: number,
  labels: number,
  holders: number,
  random: SeededRandom,
): readonly number[] => {
  if (weights.kind === 'log-normal')
    return Array.from({ length: holders }, () => Math.exp(weights.sigma * normal(random)))
  if (weights.of.length !== labels)
    refuse('weights.of', `has ${weights.of.length} rows for ${labels} labels: give one for each`)
  const given = weights.of[label] ?? []
  if (given.length !== holders)
    refuse(`weights.of[${label}]`, `has ${given.length} weights for ${holders} holders: give one for each`)
  if (!given.some((weight) => weight > 0))
    refuse(`weights.of[${label}]`, 'is all zeros: give somebody a weight, or its rows are nobody’s')
  return given
}
