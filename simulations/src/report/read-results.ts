import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { PersonalRecord } from './personal-results.ts'
import { isThere, ResultsError, readJson, readJsonIfThere, readJsonLines } from './result-files.ts'
import {
  Baselines,
  ClientResult,
  GroupResults,
  HoldingsRecord,
  RoundResult,
  type RunResults,
  ScenarioRecord,
  type SeedResults,
  SeedSummary,
} from './results.ts'

/**
 * Reads a results folder. Its scenario and, for each seed, rounds and summary must be there; clients, their own models,
 * groups, holdings and baselines may be left out.
 * @param wanted Seeds to read; left out, all that the scenario names.
 * @throws ResultsError that names the file, and the line, that is missing, cut short or malformed.
 */
export const readResults = async (folder: string, wanted?: readonly number[]): Promise<RunResults> => {
  const path = resolve(folder)
  if (!(await isThere(path))) throw new ResultsError(`there is no folder ${path}`)
  const scenarioFile = join(path, 'scenario.json')
  if (!(await isThere(scenarioFile)))
    throw new ResultsError(`${path} is no results folder: it has no scenario.json`)
  const named = await readJson(scenarioFile, ScenarioRecord)
  const scenario = { ...named, seeds: [...(wanted ?? named.seeds)] }
  const seeds: SeedResults[] = []
  for (const seed of scenario.seeds) seeds.push(await readSeed(join(path, `seed-${seed}`), seed))
  return {
    folder: path,
    scenario,
    date: scenario.startedAt === undefined ? (await stat(scenarioFile)).mtime : new Date(scenario.startedAt),
    seeds,
    baselines: (await readJsonIfThere(join(path, 'baselines.json'), Baselines)) ?? {},
  }
}

const readSeed = async (path: string, seed: number): Promise<SeedResults> => {
  if (!(await isThere(path)))
    throw new ResultsError(`${path} is missing, though scenario.json names seed ${seed}`)
  const clientsFile = join(path, 'clients.jsonl')
  const personalFile = join(path, 'personal.jsonl')
  return {
    seed,
    ...(await readRounds(join(path, 'rounds.jsonl'))),
    clients: (await isThere(clientsFile)) ? await readClients(clientsFile) : [],
    personal: (await isThere(personalFile)) ? await all(readJsonLines(personalFile, PersonalRecord)) : [],
    groups: (await readJsonIfThere(join(path, 'groups.json'), GroupResults)) ?? {},
    holdings: await readJsonIfThere(join(path, 'holdings.json'), HoldingsRecord),
    summary: await readJson(join(path, 'summary.json'), SeedSummary),
  }
}

const readRounds = async (file: string): Promise<Pick<SeedResults, 'rounds' | 'participation'>> => {
  const rounds: RoundResult[] = []
  const participation = new Map<string, number>()
  for await (const round of readJsonLines(file, RoundResult)) {
    const before = rounds.at(-1)?.round ?? 0
    if (round.round <= before) throw new ResultsError(`${file}: round ${round.round} follows round ${before}`)
    if (round.outcome === 'abandoned') {
      rounds.push(round)
      continue
    }
    const { participants = [], ...kept } = round
    for (const client of new Set(participants))
      participation.set(client, (participation.get(client) ?? 0) + 1)
    rounds.push(kept)
  }
  return { rounds, participation }
}

const readClients = async (file: string): Promise<readonly ClientResult[]> => {
  const clients = new Map<string, ClientResult>()
  for await (const client of readJsonLines(file, ClientResult)) {
    if (clients.has(client.client))
      throw new ResultsError(`${file}: names client ${JSON.stringify(client.client)} twice`)
    clients.set(client.client, client)
  }
  return [...clients.values()]
}

const all = async <T>(lines: AsyncIterable<T>): Promise<T[]> => {
  const read: T[] = []
  for await (const line of lines) read.push(line)
  return read
}
