import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { comparisonPage } from './comparison-page.ts'
import { readResults } from './read-results.ts'
import { runPage } from './run-page.ts'

/**
 * Reads a results folder and writes its `report.html`, or the file that is named; gives the absolute path.
 * @param options.seeds Of these alone; left out, of all that the scenario names.
 * @throws ResultsError for a folder that is not whole.
 */
export const writeReport = async (
  folder: string,
  { out, seeds }: { out?: string | undefined; seeds?: readonly number[] } = {},
): Promise<string> => {
  const file = resolve(out ?? join(folder, 'report.html'))
  await writeFile(file, await runPage(await readResults(folder, seeds)))
  return file
}

/**
 * Compares results folders in one page; gives its absolute path.
 * @throws ResultsError for a folder that is not whole.
 */
export const writeComparison = async (folders: readonly string[], out: string): Promise<string> => {
  const file = resolve(out)
  const runs = []
  for (const folder of folders) runs.push(await readResults(folder))
  await writeFile(file, await comparisonPage(runs))
  return file
}
