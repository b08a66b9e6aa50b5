import { type SeededRandom, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { cutInto, everyRow, proportionalSizes } from './cut.ts'
import { Clients, Sizes } from './fields.ts'
import { checkClients, type PartitionRows } from './partition-rows.ts'

export const SizesSpec = z.strictObject({
  kind: z.literal('sizes'),
  /** Rows of each client; what they leave is nobody's. */
  sizes: Sizes,
})
export const LinearSpec = z.strictObject({ kind: z.literal('linear'), clients: Clients })
export const SquareSpec = z.strictObject({ kind: z.literal('square'), clients: Clients })
export const ExponentialSpec = z.strictObject({
  kind: z.literal('exponential'),
  clients: Clients,
  /** Each client has so many times the rows of the one before. */
  base: z.number().gt(1).max(100).default(Math.E),
})

/** Random rows, as many for each client as said. */
export const sizes = (
  rows: PartitionRows,
  spec: z.infer<typeof SizesSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  checkTotal(rows, spec.sizes)
  return cutInto(shuffle(random, everyRow(rows.count)), spec.sizes)
}

/** Client i, counted from 1, has rows in proportion to i. */
export const linear = (rows: PartitionRows, { clients }: z.infer<typeof LinearSpec>, random: SeededRandom) =>
  sizedBy(rows, clients, (i) => i, random)

/** Client i, counted from 1, has rows in proportion to i². */
export const square = (rows: PartitionRows, { clients }: z.infer<typeof SquareSpec>, random: SeededRandom) =>
  sizedBy(rows, clients, (i) => i * i, random)

/** Client i has rows in proportion to baseⁱ: the last has most of them. */
export const exponential = (
  rows: PartitionRows,
  { clients, base }: z.infer<typeof ExponentialSpec>,
  random: SeededRandom,
) => sizedBy(rows, clients, (i) => base ** (i - clients), random)

/**
 * Random rows, in proportion to any function of the client's number, 1 to `clients` (finite, not negative).
 * @throws ScenarioError when that leaves a client without a row.
 */
export const sizedBy = (
  rows: PartitionRows,
  clients: number,
  weightOf: (client: number) => number,
  random: SeededRandom,
): Uint32Array[] => {
  checkClients(rows, clients)
  const shares = proportionalSizes(
    rows.count,
    Array.from({ length: clients }, (_, i) => weightOf(i + 1)),
  )
  const without = shares.filter((size) => size === 0).length
  if (without > 0)
    refuse(
      'clients',
      `${without} of ${clients} clients would have no row of ${rows.count}: ask for fewer clients, or sizes that differ less`,
    )
  return cutInto(shuffle(random, everyRow(rows.count)), shares)
}

/** @throws ScenarioError when the sizes need more rows than there are. */
export const checkTotal = (rows: PartitionRows, wanted: readonly number[]): void => {
  const total = wanted.reduce((a, b) => a + b, 0)
  if (total > rows.count)
    refuse('sizes', `sum to ${total}, there are ${rows.count} rows: lower them by ${total - rows.count}`)
}
