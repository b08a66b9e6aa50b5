import { join, resolve } from 'node:path'
import type { Mistake } from '@tributary/protocols/rest'
import {
  type Dataset,
  DatasetError,
  type DatasetSpec,
  type DownloadProgress,
  loadDataset,
} from '../datasets/index.ts'
import { ResultsError } from '../report/index.ts'
import {
  checkScenario,
  parseScenario,
  type Scenario,
  ScenarioError,
  type Traces,
} from '../scenarios/index.ts'
import type { Flags } from './flags.ts'
import { FolderError } from './folder-error.ts'
import { folderOf, readScenario, settingOf, withSetting } from './read-scenario.ts'
import { readTraces } from './read-traces.ts'
import { refuseFull, refuseOthers } from './results-state.ts'
import { variantsOf } from './sweep.ts'

export type PlannedRun = {
  /** Of a sweep's run. */
  name: string | undefined
  scenario: Scenario
  dataset: Dataset
  traces: Traces
  /** Absolute; none where nobody named one. */
  folder: string | undefined
}

/**
 * The runs that were asked for, each known to be possible: that its fields make sense together, the coordinator makes a task of
 * it, its data are there and can be given out as it says, and its results have a place.
 * @throws ScenarioError with everything that is wrong with any of them.
 */
export const planRuns = async (
  flags: Flags,
  { onProgress }: { onProgress(progress: DownloadProgress): void },
): Promise<PlannedRun[]> => {
  const asked = await readScenario(flags.scenario)
  const variants = variantsOf(flags.sweep)
  const shared = [
    ...flags.set.map(settingOf),
    ...(flags.rounds === undefined ? [] : [{ path: ['rounds'], value: flags.rounds }]),
    ...(flags.seeds === undefined ? [] : [{ path: ['seeds'], value: flags.seeds }]),
  ]
  const parent = flags.out === undefined ? undefined : resolve(flags.out)
  const mistakes = createMistakes(variants.length)
  if (parent !== undefined && flags.sweep.length > 0 && !flags.resume)
    await mistakes.within(undefined, '--out', () => refuseFull(parent))
  const load = datasetsBySpec((spec) =>
    loadDataset(spec, { data: flags.data, download: flags.download, onProgress }),
  )
  const planned: PlannedRun[] = []
  for (const { name, settings } of variants) {
    const folder = parent && (name === undefined ? parent : join(parent, name))
    if (folder !== undefined && !flags.resume) await mistakes.within(name, '--out', () => refuseFull(folder))
    const scenario = await mistakes.within(name, '', async () =>
      parseScenario([...shared, ...settings].reduce(withSetting, asked)),
    )
    if (!scenario) continue
    if (folder !== undefined && flags.resume)
      await mistakes.within(name, '--out', () => refuseOthers(folder, scenario))
    const dataset = await mistakes.within(name, 'dataset', () => load(scenario.dataset))
    if (!dataset) continue
    const traces = await mistakes.within(name, '', () => readTraces(scenario, folderOf(flags.scenario)))
    if (!traces) continue
    await mistakes.within(name, '', async () => checkScenario(scenario, dataset, traces))
    planned.push({ name, scenario, dataset, traces, folder })
  }
  mistakes.refuse()
  return planned
}

/** Each set is loaded once, and fails once. */
const datasetsBySpec = (load: (spec: DatasetSpec) => Promise<Dataset>) => {
  const loaded = new Map<string, Promise<Dataset>>()
  return (spec: DatasetSpec): Promise<Dataset> => {
    const key = JSON.stringify(spec)
    const dataset = loaded.get(key) ?? load(spec)
    loaded.set(key, dataset)
    return dataset
  }
}

/** Gathers what is wrong with any of so many runs; what is wrong with all of them is said once. */
const createMistakes = (runs: number) => {
  const found = new Map<string, { mistake: Mistake; names: Set<string | undefined> }>()
  const add = (name: string | undefined, mistake: Mistake) => {
    const key = JSON.stringify(mistake)
    const known = found.get(key) ?? { mistake, names: new Set() }
    found.set(key, known)
    known.names.add(name)
  }
  return {
    /** What `work` comes to; `undefined` where it found mistakes, which lie under `path`. */
    async within<T>(name: string | undefined, path: string, work: () => Promise<T>): Promise<T | undefined> {
      try {
        return await work()
      } catch (error) {
        for (const mistake of mistakesIn(error, path)) add(name, mistake)
        return undefined
      }
    },
    refuse() {
      if (found.size === 0) return
      throw new ScenarioError(
        [...found.values()].map(({ mistake, names }) =>
          names.has(undefined) || names.size === runs
            ? mistake
            : { ...mistake, message: `${mistake.message} (with ${[...names].join(' and ')})` },
        ),
      )
    },
  }
}

/** @throws the error itself where it is none of those that say what was asked wrongly. */
const mistakesIn = (error: unknown, path: string): readonly Mistake[] => {
  if (error instanceof ScenarioError)
    return error.mistakes.map((mistake) => ({
      ...mistake,
      path: [path, mistake.path].filter((part) => part !== '').join('.'),
    }))
  if (error instanceof DatasetError || error instanceof FolderError || error instanceof ResultsError)
    return [{ path, message: error.message }]
  throw error
}
