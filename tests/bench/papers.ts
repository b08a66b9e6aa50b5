/**
 * Committed scenarios beside what was published of the same experiment. Each runs as `npm run simulate` does, in a process of its own, into
 * `results/papers`; a seed that is there already is not run again. With a number of minutes none is begun after them, and those that are there are told.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type RunResults, readResults } from '@tributary/simulations'
import type { BenchRow } from './bench-row.ts'
import { type Experiment, experiments } from './experiments.ts'
import { median } from './median.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const FOLDER = fileURLToPath(new URL('../../results/papers/', import.meta.url))

export const benchPapers = async ({
  all,
  minutes = Number.POSITIVE_INFINITY,
}: {
  all: boolean
  minutes?: number
}): Promise<BenchRow[]> => {
  const until = performance.now() + 60_000 * minutes
  const rows: BenchRow[] = []
  for (const experiment of experiments) {
    if (experiment.isLong && !all) continue
    if (performance.now() > until && !(await isRun(experiment))) continue
    const results = await resultsOf(experiment)
    for (const measure of experiment.measures) rows.push(rowOf(experiment, measure, results))
  }
  return rows
}

const isRun = async ({ id, seeds }: Experiment): Promise<boolean> => {
  try {
    await Promise.all(seeds.map((seed) => access(`${FOLDER}${id}/seed-${seed}/summary.json`)))
    return true
  } catch {
    return false
  }
}

const resultsOf = async ({ id, scenario, seeds, set = [] }: Experiment): Promise<RunResults> => {
  const folder = `${FOLDER}${id}`
  const args = [scenario, '--seeds', seeds.join(','), '--out', folder, '--resume', '--json']
  const child = spawn(
    process.execPath,
    ['--conditions=source', 'simulations/src/run.ts', ...args, ...set.flatMap((one) => ['--set', one])],
    { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [code] = await once(child, 'exit')
  if (code !== 0) throw new Error(`npm run simulate -- ${args.join(' ')} ended with ${code}`)
  return readResults(folder)
}

const rowOf = (
  { name, seeds, scenario, set = [], note }: Experiment,
  { of, unit, published, aim, digits = 3 }: Experiment['measures'][number],
  { seeds: results }: RunResults,
): BenchRow => {
  const values = results.filter(({ seed }) => seeds.includes(seed)).map(of)
  /** Of those seeds that came to a figure at all. */
  const known = values.filter((value) => value !== undefined)
  const shown = values.map((value) => (value === undefined ? 'not reached' : Number(value.toFixed(digits))))
  const command = [scenario, ...set.map((one) => `--set ${one}`)].join(' ')
  const told = [`\`${command}\``, `seeds ${seeds.join(', ')}: ${shown.join(', ')}`, ...(note ? [note] : [])]
  return {
    name,
    value: median(known),
    unit,
    ...(published && {
      ratio: {
        of: `${published.value} ${published.by}`,
        value: median(known) / published.value,
        ...(aim && { aim }),
      },
    }),
    note: told.join('; '),
  }
}
