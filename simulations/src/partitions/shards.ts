import { type SeededRandom, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { cutInto, evenSizes, everyRow } from './cut.ts'
import { By, Clients } from './fields.ts'
import { categoryBy, type PartitionRows, rowsByName } from './partition-rows.ts'

export const ShardsSpec = z.strictObject({
  kind: z.literal('shards'),
  clients: Clients,
  shardsPerClient: z.int().min(1).default(2),
  /** Rows of a shard; rows beyond `clients × shardsPerClient × shardSize` are nobody's. Left out: all rows, evenly. */
  shardSize: z.int().min(1).optional(),
  by: By('label'),
})

/**
 * Rows sorted by label, cut into shards, a few shards at random to each client: most see two labels of ten (McMahan et al.
 * 2017, arXiv:1602.05629, section 3, with 100 clients and two shards of 300 each).
 */
export const shards = (
  rows: PartitionRows,
  { clients, shardsPerClient, shardSize, by }: z.infer<typeof ShardsSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  const total = clients * shardsPerClient
  const wanted = total * (shardSize ?? 1)
  if (wanted > rows.count)
    refuse(
      shardSize === undefined ? 'shardsPerClient' : 'shardSize',
      `${total} shards of ${shardSize ?? 1} row${shardSize === undefined ? '' : 's'} or more need ${wanted} rows, there are ${rows.count}: ask for fewer clients or shards`,
    )
  const sorted = rowsByName(categoryBy(rows, by)).flatMap((own) => shuffle(random, own))
  const sizes = shardSize === undefined ? evenSizes(rows.count, total) : Array<number>(total).fill(shardSize)
  const pieces = cutInto(sorted, sizes)
  const dealt = shuffle(random, everyRow(total))
  return Array.from({ length: clients }, (_, client) => {
    const own = dealt.slice(client * shardsPerClient, (client + 1) * shardsPerClient)
    return Uint32Array.from(own.flatMap((piece) => [...(pieces[piece] ?? [])])).sort()
  })
}
