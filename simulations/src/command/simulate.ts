import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { type Dataset, loadDataset } from '../datasets/index.ts'
import { openResultsFolder, type ResultsFolder, writeReport } from '../report/index.ts'
import {
  checkScenario,
  parseScenario,
  runSeed,
  type Scenario,
  type SimulatedRound,
  type Traces,
} from '../scenarios/index.ts'
import { createTrainingPool, type TrainingPool } from '../training/pool.ts'
import { baselinesOf } from './baselines.ts'
import { type Flags, HELP, overridesOf, readFlags } from './flags.ts'
import { builtInScenarios, folderOf, readScenario, withOverride } from './read-scenario.ts'
import { readTraces } from './read-traces.ts'
import { type Summary, writeBaselines, writeScenario, writeSeed } from './write-results.ts'

/** A scenario that has been found to go with its data. */
type Prepared = { scenario: Scenario; dataset: Dataset; traces: Traces }
type Output = { out(line: string): void; signal: AbortSignal }

/** `npm run simulate`: everything that can be wrong with a scenario is said before any work begins. */
export const simulate = async (args: readonly string[], { out, signal }: Output): Promise<void> => {
  const flags = readFlags(args)
  if (flags.help) return out(HELP)
  if (flags.list) return out((await builtInScenarios()).join('\n'))
  const asked = await readScenario(flags.scenario)
  const shared = [...flags.set, ...(flags.rounds === undefined ? [] : [`rounds=${flags.rounds}`])]
  const variants = flags.sweep === undefined ? [undefined] : overridesOf(flags.sweep)
  const scenarios = variants.map((variant) => {
    const set = [...shared, ...(variant === undefined ? [] : [variant])]
    const overridden = set.reduce<unknown>(withOverride, asked)
    const scenario = parseScenario(overridden)
    return { variant, scenario: flags.seeds ? { ...scenario, seeds: flags.seeds } : scenario }
  })
  const prepared: (Prepared & { variant: string | undefined })[] = []
  for (const { variant, scenario } of scenarios) {
    const before = prepared.find((other) => isDeepStrictEqual(other.scenario.dataset, scenario.dataset))
    const { data, download } = flags
    const dataset = before?.dataset ?? (await loadDataset(scenario.dataset, { data, download }))
    const traces = await readTraces(scenario, folderOf(flags.scenario))
    checkScenario(scenario, dataset, traces)
    prepared.push({ variant, scenario, dataset, traces })
  }
  const parent = await openResultsFolder(flags.out, 'tributary-simulation-')
  for (const { variant, ...run } of prepared) {
    if (signal.aborted) return
    const path = variant === undefined ? parent.path : join(parent.path, variant.replaceAll(/[^\w.=-]/g, '_'))
    const folder = await openResultsFolder(path, '')
    if (variant !== undefined && !flags.json) out(`\n${variant}`)
    await runScenario({ ...run, folder, flags, out, signal })
  }
}

const runScenario = async ({
  scenario,
  dataset,
  traces,
  folder,
  flags,
  out,
  signal,
}: Output & Prepared & { folder: ResultsFolder; flags: Flags }): Promise<void> => {
  const { json } = flags
  if (!json) out(`${scenario.title ?? scenario.name}: ${dataset.title}`)
  const pool = createTrainingPool({
    dataset,
    ...(flags.workers !== undefined && { threads: flags.workers }),
  })
  try {
    await writeScenario(folder, scenario)
    for (const seed of scenario.seeds) {
      if (signal.aborted) break
      const before = flags.resume ? await summaryIn(folder, seed) : undefined
      const summary =
        before ?? (await runOne({ scenario, dataset, traces, pool, seed, folder, json, out, signal }))
      out(json ? JSON.stringify({ summary }) : sentence(seed, summary))
    }
    if (signal.aborted) return
    await writeBaselines(folder, await baselinesOf(scenario, dataset, pool))
    const page = await writeReport(folder.path)
    if (!json) out(`report: ${page}`)
  } finally {
    await pool.close()
  }
}

const runOne = async ({
  json,
  out,
  folder,
  ...run
}: Output &
  Prepared & {
    pool: TrainingPool
    seed: number
    folder: ResultsFolder
    json: boolean
  }): Promise<Summary> => {
  const { seed, dataset } = run
  const result = await runSeed({
    ...run,
    told: (round) => out(json ? JSON.stringify({ seed, ...round }) : lineOf(round)),
  })
  return writeSeed(folder, { seed, dataset, result })
}

const summaryIn = async ({ path }: ResultsFolder, seed: number): Promise<Summary | undefined> => {
  try {
    return JSON.parse(await readFile(join(path, `seed-${seed}`, 'summary.json'), 'utf8'))
  } catch {
    return undefined // not run to its end yet
  }
}

const lineOf = (round: SimulatedRound): string => {
  const head = `round ${String(round.round).padStart(4)}`
  if (round.outcome === 'abandoned') return `${head}  abandoned: ${round.reason}, ${round.detail}`
  const score =
    round.accuracy === undefined
      ? ''
      : `accuracy ${(100 * round.accuracy).toFixed(2)} %  loss ${round.loss?.toFixed(4)}  `
  return `${head}  ${score}${round.received} of ${round.cohort} updates, ${round.virtualSeconds.toFixed(1)} s of virtual time in ${round.seconds.toFixed(2)} s`
}

const sentence = (seed: number, summary: Summary): string =>
  [
    `seed ${seed}: ${summary.rounds} rounds, accuracy ${(100 * summary.accuracy).toFixed(2)} %`,
    ...(summary.roundsToTarget === null ? [] : [`the target after ${summary.roundsToTarget}`]),
    ...personalText(summary),
    `${summary.clientsPerSecond.toFixed(0)} clients a second, ${summary.seconds.toFixed(1)} s, ${summary.peakMemoryMb.toFixed(0)} MB at most`,
    `${summary.modelDigest}\n  ${summary.folder}`,
  ].join(', ')

const personalText = ({ personal }: Summary): string[] =>
  (['shared', 'own'] as const).flatMap((model) => {
    const over = personal?.[model]
    const inPercent = (share: number) => (100 * share).toFixed(2)
    return over
      ? [
          `by ${model} models on rows held out ${inPercent(over.mean)} % (p10 ${inPercent(over.p10)}, worst ${inPercent(over.worst)})`,
        ]
      : []
  })
