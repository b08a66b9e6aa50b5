import { drawPopulation, type Population } from '../population/index.ts'
import { EPOCH_MS } from '../world/world.ts'
import type { Scenario } from './scenario.ts'

/** What each trace file that a scenario names holds, parsed. */
export type Traces = Readonly<Record<string, unknown>>

/**
 * Who takes part in a scenario; undefined where it says nothing of them. A client that the strategy trusts is the operator's own: always there, never
 * lost, and honest.
 * @throws ScenarioError, every mistake with its path and what would do.
 */
export const populationOf = (
  { population: spec, strategy }: Pick<Scenario, 'population' | 'strategy'>,
  clients: number,
  seed: number,
  traces: Traces = {},
): Population | undefined => {
  if (!spec) return undefined
  const drawn = drawPopulation(spec, clients, seed, { traces, startMs: EPOCH_MS })
  const root = rootOf({ strategy })
  if (root === undefined) return drawn
  return {
    ...drawn,
    groups: drawn.groups.map((group) => group.filter((client) => client !== root)),
    attackOf: (client, round) => (client === root ? undefined : drawn.attackOf(client, round)),
    fateOf: (client, round) => (client === root ? { kind: 'trains' } : drawn.fateOf(client, round)),
    isAvailable: (client, at) => client === root || drawn.isAvailable(client, at),
    nextChange: (client, at) => (client === root ? Number.POSITIVE_INFINITY : drawn.nextChange(client, at)),
  }
}

/** The number of the client that the strategy trusts, where it trusts one. */
export const rootOf = ({ strategy }: Pick<Scenario, 'strategy'>): number | undefined =>
  strategy.name === 'fltrust' && typeof strategy.root === 'number' ? strategy.root : undefined
