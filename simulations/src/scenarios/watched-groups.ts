import type { Dataset } from '../datasets/index.ts'
import { tallyBy } from '../diagnosis/index.ts'
import { categoryBy, describeRows } from '../partitions/partition-rows.ts'
import type { RowsJudged } from '../training/pool.ts'
import type { Scenario } from './scenario.ts'

/**
 * The accuracy on the held-out rows of each name of the category that a scenario watches, of those rows that were judged; names without rows are left out.
 * @throws ScenarioError where the held-out rows have no such category.
 */
export const watchedGroups = (
  { watch }: Pick<Scenario, 'watch'>,
  { test, task }: Pick<Dataset, 'test' | 'task'>,
): ((judged: RowsJudged, rows?: Uint32Array) => { groups?: Record<string, number> }) => {
  if (watch === undefined) return () => ({})
  const { names, of } = categoryBy(describeRows(test, task), watch, 'watch')
  return ({ correct }, rows) => {
    const owners = rows ? Array.from(rows, (row) => of[row] ?? -1) : of
    const judged = { predicted: correct, expected: new Uint8Array(correct.length).fill(1) }
    const tallies = tallyBy(judged, { count: names.length, of: owners })
    return {
      groups: Object.fromEntries(
        tallies.flatMap(({ accuracy }, at) => (accuracy === undefined ? [] : [[names[at] ?? '', accuracy]])),
      ),
    }
  }
}
