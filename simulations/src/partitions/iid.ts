import { type SeededRandom, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { cutInto, evenSizes, everyRow } from './cut.ts'
import { Clients } from './fields.ts'
import { checkClients, type PartitionRows } from './partition-rows.ts'

export const IidSpec = z.strictObject({ kind: z.literal('iid'), clients: Clients })

/** Rows shuffled and dealt evenly: every client is a small sample of the whole. */
export const iid = (
  rows: PartitionRows,
  { clients }: z.infer<typeof IidSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  checkClients(rows, clients)
  return cutInto(shuffle(random, everyRow(rows.count)), evenSizes(rows.count, clients))
}
