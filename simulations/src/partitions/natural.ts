import { unreachable } from '@tributary/protocols'
import { type SeededRandom, sample, shuffle } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse } from '../scenarios/scenario-error.ts'
import { evenSizes, everyRow } from './cut.ts'
import { By, Clients } from './fields.ts'
import { categoryBy, type PartitionRows, rowsByName } from './partition-rows.ts'

export const NaturalSpec = z.strictObject({
  kind: z.literal('natural'),
  /** `group`, the clients that the set has by nature, or a column: `occupation`. */
  by: By('group'),
  /** So many of them, drawn; the rows of the others are nobody's. Left out: all. */
  clients: Clients.optional(),
  /** Those with fewer rows are left out. */
  minimumSize: z.int().min(1).default(1),
})

export const GroupedNaturalSpec = z.strictObject({
  kind: z.literal('grouped-natural'),
  by: By('group'),
  /** Natural clients who make one client together. */
  groupSize: z.int().min(1),
  /**
   * What becomes of the last ones, too few for a group: a `smaller` client, spread over the others (`bigger`), nobody
   * (`dropped`), or refused (`strict`).
   */
  remainder: z.enum(['smaller', 'bigger', 'dropped', 'strict']).default('smaller'),
})

/** One client for each natural one that has rows, in their order. */
export const natural = (
  rows: PartitionRows,
  { by, clients, minimumSize }: z.infer<typeof NaturalSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  const all = rowsByName(categoryBy(rows, by)).filter((own) => own.length >= minimumSize)
  if (all.length === 0)
    return refuse('minimumSize', `nobody has ${minimumSize} rows: lower it, or choose another column`)
  if (clients !== undefined && clients > all.length)
    return refuse(
      'clients',
      `there are ${all.length} by ${by} with ${minimumSize} rows or more: ask for as many at most`,
    )
  const chosen = new Set(clients === undefined ? all.keys() : sample(random, everyRow(all.length), clients))
  return all.filter((_, client) => chosen.has(client)).map((own) => Uint32Array.from(own))
}

/** Natural clients put together at random: hospitals of a region, phones of a household. */
export const groupedNatural = (
  rows: PartitionRows,
  { by, groupSize, remainder }: z.infer<typeof GroupedNaturalSpec>,
  random: SeededRandom,
): Uint32Array[] => {
  const members = shuffle(
    random,
    rowsByName(categoryBy(rows, by)).filter((own) => own.length > 0),
  )
  if (groupSize > members.length && remainder !== 'smaller')
    refuse('groupSize', `there are ${members.length} by ${by}: ask for groups of as many at most`)
  let at = 0
  return groupSizes(members.length, groupSize, remainder).map((size) => {
    const own = members.slice(at, at + size).flat()
    at += size
    return Uint32Array.from(own).sort()
  })
}

const groupSizes = (
  members: number,
  groupSize: number,
  remainder: z.infer<typeof GroupedNaturalSpec>['remainder'],
): number[] => {
  const whole = Math.floor(members / groupSize)
  const left = members % groupSize
  const groups = Array<number>(whole).fill(groupSize)
  switch (remainder) {
    case 'smaller':
      return left > 0 ? [...groups, left] : groups
    case 'bigger':
      return evenSizes(left, whole).map((more) => groupSize + more)
    case 'dropped':
      return groups
    case 'strict':
      if (left > 0)
        refuse(
          'groupSize',
          `${members} do not go into groups of ${groupSize}: choose a divisor, or a remainder`,
        )
      return groups
    default:
      return unreachable(remainder)
  }
}
