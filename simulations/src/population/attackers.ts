import type { Mistake } from '@tributary/protocols/rest'
import { type SeededRandom, sample } from '@tributary/protocols/runtime'
import * as z from 'zod'
import { refuse, ScenarioError } from '../scenarios/scenario-error.ts'
import type { Attack } from './attacks/attack.ts'
import { AttackSpec, attackOf } from './attacks/registry.ts'

/** Attackers that collude: `colluders` of an attack are those of one group. */
export const AttackerGroup = z
  .strictObject({
    attack: AttackSpec,
    /** Of all clients, drawn; to the nearest whole number, at least 1. */
    share: z.number().gt(0, 'must be above 0: leave out a group of nobody').max(1).optional(),
    /** Or these, by number from 0. */
    clients: z.array(z.int().min(0)).min(1, 'name one client or more').optional(),
    /** Rounds in which it attacks, both included; honest in the others. */
    rounds: z
      .strictObject({ from: z.int().min(1).default(1), to: z.int().min(1).optional() })
      .refine(({ from, to = from }) => to >= from, { path: ['to'], message: 'must not be before from' })
      .default({ from: 1 }),
  })
  .refine(({ share, clients }) => (share === undefined) !== (clients === undefined), {
    message: 'give either a share of the clients or a list of them',
  })
export type AttackerGroup = z.infer<typeof AttackerGroup>

export type Attackers = {
  /** What a client does in a round, and the number of its group; undefined where it is honest. */
  attackOf(client: number, round: number): { attack: Attack; group: number } | undefined
  /** Clients of each group, ascending. */
  readonly groups: readonly Uint32Array[]
}

/** @throws ScenarioError when a list names a client that does not exist, or is another group's, or the groups are more than there are. */
export const drawAttackers = (
  groups: readonly AttackerGroup[],
  clients: number,
  random: SeededRandom,
): Attackers => {
  const groupOf = new Int16Array(clients).fill(-1)
  const mistakes: Mistake[] = []
  for (const [group, { clients: named = [] }] of groups.entries())
    for (const [i, client] of named.entries()) {
      const path = `attackers[${group}].clients[${i}]`
      if (client >= clients)
        mistakes.push({ path, message: `there is no client ${client}: number them 0 to ${clients - 1}` })
      else if ((groupOf[client] ?? -1) >= 0)
        mistakes.push({ path, message: `client ${client} is named already: each belongs to one group, once` })
      else groupOf[client] = group
    }
  if (mistakes.length > 0) throw new ScenarioError(mistakes)
  for (const [group, { share }] of groups.entries()) {
    if (share === undefined) continue
    const honest = [...groupOf.keys()].filter((client) => groupOf[client] === -1)
    const wanted = Math.max(1, Math.round(share * clients))
    if (wanted > honest.length)
      refuse(
        `attackers[${group}].share`,
        `is ${wanted} of ${clients} clients, and ${honest.length} are left: ask for less`,
      )
    for (const client of sample(random.fork(`group ${group}`), honest, wanted)) groupOf[client] = group
  }
  const attacks = groups.map(({ attack }) => attackOf(attack))
  return {
    attackOf(client, round) {
      const group = groupOf[client] ?? -1
      const [attack, rounds] = [attacks[group], groups[group]?.rounds]
      if (!attack || !rounds) return undefined
      const active = round >= rounds.from && round <= (rounds.to ?? Number.POSITIVE_INFINITY)
      return active ? { attack, group } : undefined
    },
    groups: groups.map((_, group) =>
      Uint32Array.from([...groupOf.keys()].filter((client) => groupOf[client] === group)),
    ),
  }
}
