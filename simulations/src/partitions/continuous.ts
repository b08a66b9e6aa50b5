import { normal, type SeededRandom } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { cutInto, evenSizes, everyRow } from './cut.ts'
import { Clients } from './fields.ts'
import { checkClients, numberBy, type PartitionRows } from './partition-rows.ts'

export const ContinuousSpec = z.strictObject({
  kind: z.literal('continuous'),
  clients: Clients,
  /** A column of numbers: `age`; `target` of a regression. */
  by: z.string().min(1),
  /** 1: clients are ranges of the number that do not overlap; 0: it decides nothing. */
  strictness: z.number().min(0).max(1).default(1),
})

/**
 * Rows in the order of a number, blurred by noise, cut evenly: the young at one client, the old at another. The order is that of
 * s·z + (1 − s)·noise, z the number standardised, noise standard normal, s the strictness (as Flower's ContinuousPartitioner).
 */
export const continuous = (
  rows: PartitionRows,
  { clients, by, strictness }: z.infer<typeof ContinuousSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  checkClients(rows, clients)
  const numbers = Array.from(numberBy(rows, by))
  const missing = numbers.findIndex((value) => !Number.isFinite(value))
  if (missing >= 0) refuse('by', `row ${missing} has no ${by}: choose a column without missing values`)
  const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length
  const deviation = Math.sqrt(numbers.reduce((sum, x) => sum + (x - mean) ** 2, 0) / numbers.length)
  if (deviation === 0 && strictness > 0)
    refuse('by', `${by} is the same in every row: choose another column, or strictness 0`)
  const keys = Float64Array.from(
    numbers,
    (x) => (strictness > 0 ? (strictness * (x - mean)) / deviation : 0) + (1 - strictness) * normal(random),
  )
  const order = everyRow(rows.count).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)
  return cutInto(order, evenSizes(rows.count, clients))
}
