export type { PersonalResult } from './judge-personal.ts'
export { clientName, runSeed, type SeedResult, type SimulatedRound, scoreOf } from './run-seed.ts'
export { parseScenario, Scenario, type ScenarioInput, taskOfScenario } from './scenario.ts'
export { ScenarioError, type ScenarioMistake } from './scenario-error.ts'
