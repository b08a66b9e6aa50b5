import type { StrategySpec } from '@tributary/protocols/task'
import { fedavg } from './fedavg.ts'
import type { Strategy } from './strategy.ts'

/** The strategies by the names that task files use. Adding one is one file and one line here. */
const strategies: {
  [Name in StrategySpec['name']]: (spec: Extract<StrategySpec, { name: Name }>) => Strategy
} = {
  fedavg,
}

export const strategyOf = (spec: StrategySpec): Strategy => strategies[spec.name](spec)
