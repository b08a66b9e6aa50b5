import type { Population } from '../population/index.ts'
import type { Scenario } from './scenario.ts'

/** What a client is beyond its rows: the attack it is of, though it may be honest in some rounds, and its device. */
export type ClientTraits = { attack?: string; device?: string; memoryMB?: number }

/** Of each client; nothing is said where the scenario names no population. */
export const traitsOf = (
  { population: spec }: Pick<Scenario, 'population'>,
  population: Population | undefined,
): readonly ClientTraits[] => {
  if (!spec || !population) return []
  const attacks = new Map(
    population.groups.flatMap((clients, group) =>
      [...clients].map((client) => [client, spec.attackers[group]?.attack.kind] as const),
    ),
  )
  return Array.from({ length: population.clients }, (_, client) => {
    const { className: device, memoryMB } = population.device(client)
    const attack = attacks.get(client)
    return { device, memoryMB, ...(attack !== undefined && { attack }) }
  })
}
