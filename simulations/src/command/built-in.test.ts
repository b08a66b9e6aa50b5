import { expect, test } from 'vitest'
import { parseScenario } from '../scenarios/index.ts'
import { builtInScenarios, readScenario } from './read-scenario.ts'

test.each(await builtInScenarios())(
  '%s, which comes with the project, is well-formed and named as its file',
  async (name) => {
    expect(parseScenario(await readScenario(name)).name).toBe(name)
  },
)
