/** What lies in a folder that a run is to write its results to. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { ScenarioRecord, SeedSummary } from '../report/index.ts'
import { readJson, readJsonIfThere } from '../report/result-files.ts'
import type { Scenario } from '../scenarios/index.ts'
import { readCheckpoint } from './checkpoint-file.ts'
import { FolderError } from './folder-error.ts'
import { changedFields } from './same-scenario.ts'

export const checkpointIn = (folder: string, seed: number): string =>
  join(folder, `seed-${seed}`, 'checkpoint')

/** The summary of a seed that was run to its end. @throws ResultsError for one that is damaged. */
export const endedSummary = async (folder: string, seed: number): Promise<SeedSummary | undefined> => {
  const summary = await readJsonIfThere(join(folder, `seed-${seed}`, 'summary.json'), SeedSummary)
  return summary?.ended === 'stopped' ? undefined : summary
}

/** @throws FolderError where there is anything in it already. */
export const refuseFull = async (folder: string): Promise<void> => {
  const names = await namesIn(folder)
  if (names.length === 0) return
  throw new FolderError(
    names.includes('scenario.json')
      ? `${folder} has results already: go on with them by --resume, or name another folder`
      : `${folder} is not empty (it has ${names.slice(0, 3).join(', ')}): name another folder`,
  )
}

/**
 * That this scenario may go on with what lies there; an empty folder, or none, is a beginning.
 * @throws FolderError where that is another scenario's or no results, ResultsError where it is damaged.
 */
export const refuseOthers = async (folder: string, scenario: Scenario): Promise<void> => {
  const names = await namesIn(folder)
  if (names.length === 0) return
  if (!names.includes('scenario.json'))
    throw new FolderError(
      `${folder} is no results folder: it has ${names.slice(0, 3).join(', ')} and no scenario.json`,
    )
  const changed = changedFields(await readJson(join(folder, 'scenario.json'), ScenarioRecord), scenario)
  if (changed.length > 0)
    throw new FolderError(
      `${folder} has results of another scenario, which differs in ${changed.join(', ')}: change it back, or name another folder`,
    )
  for (const seed of scenario.seeds)
    if (!(await endedSummary(folder, seed)))
      await readCheckpoint(checkpointIn(folder, seed), { scenario, seed })
}

const namesIn = async (folder: string): Promise<string[]> => {
  try {
    return await readdir(folder)
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined
    if (code === 'ENOENT') return []
    throw new FolderError(
      code === 'ENOTDIR' ? `${folder} is a file: name a folder` : `${folder} cannot be read: ${code}`,
      { cause },
    )
  }
}
