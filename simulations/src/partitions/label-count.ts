import { integerBelow, type SeededRandom, sample, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { cutInto, evenSizes, everyRow } from './cut.ts'
import { By, Clients } from './fields.ts'
import { categoryBy, type PartitionRows, rowsByName } from './partition-rows.ts'

export const LabelCountSpec = z.strictObject({
  kind: z.literal('label-count'),
  clients: Clients,
  labelsPerClient: z.int().min(1),
  /**
   * Which labels client i has: `in-turn` i, i + 1, …; `random` any; `first-in-turn` i, then any others (Li et al. 2022). Whatever is
   * drawn, every label is somebody's.
   */
  assignment: z.enum(['random', 'in-turn', 'first-in-turn']).default('random'),
  by: By('label'),
})

/**
 * Each client holds exactly k labels; the rows of a label are dealt evenly among those who hold it ("#C = k" of Li et al. 2022,
 * arXiv:2102.02079). Labels without a row do not count.
 */
export const labelCount = (
  rows: PartitionRows,
  { clients, labelsPerClient, assignment, by }: z.infer<typeof LabelCountSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  const perLabel = rowsByName(categoryBy(rows, by)).filter((own) => own.length > 0)
  const labels = perLabel.length
  if (labelsPerClient > labels)
    refuse('labelsPerClient', `there are ${labels} labels: ask for ${labels} at most`)
  if (clients * labelsPerClient < labels)
    refuse(
      'labelsPerClient',
      `${clients} clients of ${labelsPerClient} hold ${clients * labelsPerClient} of ${labels} labels: ask for more clients or labels, so that every row is somebody's`,
    )
  const held = assign(clients, labelsPerClient, labels, assignment, random)
  const parts = held.map((): number[] => [])
  for (const [label, own] of perLabel.entries()) {
    const holders = held.flatMap((labels, client) => (labels.includes(label) ? [client] : []))
    if (holders.length > own.length)
      refuse(
        'clients',
        `label ${label} has ${own.length} rows for ${holders.length} clients who hold it: ask for fewer clients`,
      )
    const dealt = cutInto(shuffle(random, own), evenSizes(own.length, holders.length))
    for (const [i, client] of holders.entries()) for (const row of dealt[i] ?? []) parts[client]?.push(row)
  }
  return parts.map((part) => Uint32Array.from(part).sort())
}

/** The labels of each client, all different within one. */
const assign = (
  clients: number,
  perClient: number,
  labels: number,
  assignment: z.infer<typeof LabelCountSpec>['assignment'],
  random: SeededRandom,
): number[][] => {
  const everyLabel = everyRow(labels)
  const held = Array.from({ length: clients }, (_, client) => {
    if (assignment === 'in-turn') return Array.from({ length: perClient }, (_, i) => (client + i) % labels)
    if (assignment === 'random') return sample(random, everyLabel, perClient)
    const first = client % labels
    const others = everyLabel.filter((label) => label !== first)
    return [first, ...sample(random, others, perClient - 1)]
  })
  return coverEveryLabel(held, labels, random)
}

/** A label that nobody drew takes the place of one that several hold, at a client drawn among those. */
const coverEveryLabel = (held: number[][], labels: number, random: SeededRandom): number[][] => {
  const holders = Array<number>(labels).fill(0)
  for (const own of held) for (const label of own) holders[label] = (holders[label] ?? 0) + 1
  for (const [label, count] of holders.entries()) {
    if (count > 0) continue
    const places = held.flatMap((own, client) =>
      own.flatMap((other, place) => ((holders[other] ?? 0) > 1 ? [{ client, place, other }] : [])),
    )
    const taken = places[integerBelow(random, places.length)]
    if (!taken) throw new Error('with as many places as labels some label is held twice while another is not')
    const own = held[taken.client]
    if (own) own[taken.place] = label
    holders[taken.other] = (holders[taken.other] ?? 0) - 1
    holders[label] = 1
  }
  return held
}
