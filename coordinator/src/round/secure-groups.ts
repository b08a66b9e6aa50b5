/** How a secure round's clients are divided into groups, and which of them a client is in. */
import type { ClientId } from '@tributary/protocols'
import { digestOf } from '@tributary/protocols/tensors'
import type { Group, SecureTraining } from './round.ts'

/** What a round's own order follows from: the key is new in each round, and nobody knows it before the cohort is drawn. */
type Order = Pick<SecureTraining, 'id' | 'publicKey'>

/**
 * A client's place in the round's own order: clients that were together in one round are not in the next, and who is with
 * whom is nobody's to choose. Of a digest of names alone it would be: ids follow from keys that clients make, and of many
 * keys one could enrol those that fall beside somebody in a round to come.
 */
const lotOf = ({ id, publicKey }: Order, client: ClientId): string =>
  digestOf(new TextEncoder().encode(`tributary secure group v1 ${id} ${publicKey} ${client}`))

export type Division = {
  groups: ClientId[][]
  /** The first lot of every group but the first, ascending: what tells of any client which group it is in. */
  bounds: string[]
}

/** Divides them evenly into so many groups. */
export const divide = (round: Order, clients: readonly ClientId[], count: number): Division => {
  const inOrder = clients
    .map((client) => ({ client, lot: lotOf(round, client) }))
    .sort((a, b) => (a.lot < b.lot ? -1 : 1))
  const startOf = (group: number) => Math.floor((group * inOrder.length) / count)
  const parts = Array.from({ length: count }, (_, group) => inOrder.slice(startOf(group), startOf(group + 1)))
  return {
    groups: parts.map((part) => part.map(({ client }) => client)),
    bounds: parts.slice(1).map(([first]) => first?.lot ?? ''),
  }
}

/** The group of a client that is in the round. */
export const groupOf = (round: Order & Pick<SecureTraining, 'bounds'>, client: ClientId): number => {
  const { bounds } = round
  if (bounds.length === 0) return 0
  const lot = lotOf(round, client)
  const after = bounds.findIndex((bound) => lot < bound)
  return after < 0 ? bounds.length : after
}

export const groupWith = (round: SecureTraining, client: ClientId): Group => {
  const group = round.groups[groupOf(round, client)]
  if (!group) throw new Error(`${round.id} has no group for ${client}`)
  return group
}
