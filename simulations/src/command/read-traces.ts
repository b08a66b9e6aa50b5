import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Mistake } from '@tributary/protocols/rest'
import { traceFilesOf } from '../population/index.ts'
import type { Scenario, Traces } from '../scenarios/index.ts'
import { ScenarioError } from '../scenarios/scenario-error.ts'

/** A year of a hundred thousand devices. */
const MOST_BYTES = 200_000_000

/**
 * What the trace files hold that a scenario's population names, by the names it gives them: relative to `folder`, where the scenario lies.
 * @throws ScenarioError that tells of every file that is not there, too large or no JSON.
 */
export const readTraces = async ({ population }: Scenario, folder: string): Promise<Traces> => {
  const files = population ? traceFilesOf(population) : []
  const traces: Record<string, unknown> = {}
  const mistakes: Mistake[] = []
  for (const file of files) {
    const path = resolve(folder, file)
    const refuse = (problem: string, cause: unknown) =>
      mistakes.push({
        path: 'population.availability',
        message: `the trace ${path} ${problem}: ${cause instanceof Error ? cause.message : String(cause)}`,
      })
    const text = await readFile(path, 'utf8').catch((cause: unknown) => void refuse('cannot be read', cause))
    if (text === undefined) continue
    if (text.length > MOST_BYTES) {
      refuse('is no trace', `it has ${text.length} characters`)
      continue
    }
    try {
      traces[file] = JSON.parse(text)
    } catch (cause) {
      refuse('is no JSON', cause)
    }
  }
  if (mistakes.length > 0) throw new ScenarioError(mistakes)
  return traces
}
