import { join } from 'node:path'
import {
  type DisplayStream,
  openResultsFolder,
  type ResultsFolder,
  writeComparison,
  writeReport,
} from '../report/index.ts'
import { isThere } from '../report/result-files.ts'
import { runSeed, ScenarioError } from '../scenarios/index.ts'
import { createTrainingPool, type TrainingPool } from '../training/pool.ts'
import { baselinesOf } from './baselines.ts'
import { readCheckpoint, removeCheckpoint, writeCheckpoint } from './checkpoint-file.ts'
import { type Flags, HELP, readFlags } from './flags.ts'
import { jsonOutput, type Output, peopleOutput } from './output.ts'
import { type PlannedRun, planRuns } from './plan-runs.ts'
import { builtInScenarios } from './read-scenario.ts'
import { checkpointIn, endedSummary } from './results-state.ts'
import { addRound, beginRounds, writeBaselines, writeScenario, writeSeed } from './write-results.ts'

export type SimulateNeeds = {
  stdout: DisplayStream
  stderr: DisplayStream
  /** The value of the NO_COLOR variable. */
  noColor?: string | undefined
  /** Ends what is run after the round that is at work. */
  signal: AbortSignal
}

const [DONE, FAILED, REFUSED, INTERRUPTED] = [0, 1, 2, 130]

/** `npm run simulate`; gives the exit code. Everything that can be wrong with what was asked is said before any work begins. */
export const simulate = async (args: readonly string[], needs: SimulateNeeds): Promise<number> => {
  const { stdout, stderr, noColor, signal } = needs
  try {
    const flags = readFlags(args)
    if (flags.help) return say(stdout, HELP)
    if (flags.list) return say(stdout, (await builtInScenarios()).join('\n'))
    const output = flags.json ? jsonOutput(stdout, stderr) : peopleOutput(stdout, noColor)
    const runs = await planRuns(flags, { onProgress: output.downloaded })
    await runAll(runs, { flags, output, signal })
    return signal.aborted ? INTERRUPTED : DONE
  } catch (error) {
    stderr.write(`${wordsOf(error)}\n`)
    return error instanceof ScenarioError ? REFUSED : FAILED
  }
}

type Running = { flags: Flags; output: Output; signal: AbortSignal }

const runAll = async (runs: readonly PlannedRun[], running: Running): Promise<void> => {
  const { flags, output, signal } = running
  const parent = await openResultsFolder(flags.out, 'tributary-simulation-')
  const whole: string[] = []
  for (const run of runs) {
    if (signal.aborted) break
    const folder = run.name === undefined ? parent : await openResultsFolder(join(parent.path, run.name), '')
    if (run.name !== undefined) output.say(`\n${run.name}`)
    const last = await runScenario(run, { ...running, folder })
    if (signal.aborted)
      return output.say(
        `broken off; the same command with --out ${parent.path} --resume goes on${await from(folder.path, last)}`,
      )
    whole.push(folder.path)
  }
  if (whole.length > 1)
    output.say(`comparison: ${await writeComparison(whole, join(parent.path, 'comparison.html'))}`)
}

/** Where a seed goes on that was not run to its end. */
const from = async (folder: string, seed: number | undefined): Promise<string> => {
  if (seed === undefined || (await endedSummary(folder, seed))) return ''
  return (await isThere(checkpointIn(folder, seed)))
    ? `, with seed ${seed} from its last checkpoint`
    : `, with seed ${seed} from its beginning: no checkpoint was kept`
}

/** The seed that was run last. */
const runScenario = async (
  { scenario, dataset, traces }: PlannedRun,
  { flags, output, signal, folder }: Running & { folder: ResultsFolder },
): Promise<number | undefined> => {
  output.say(`${scenario.title ?? scenario.name}: ${dataset.title}\n  ${folder.path}`)
  const pool = createTrainingPool({
    dataset,
    ...(flags.workers !== undefined && { threads: flags.workers }),
  })
  try {
    await writeScenario(folder, scenario)
    const seeds: number[] = []
    for (const seed of scenario.seeds) {
      if (signal.aborted) break
      await runOne({ scenario, dataset, traces, pool, seed, folder, output, signal })
      seeds.push(seed)
    }
    if (!signal.aborted && !(await isThere(join(folder.path, 'baselines.json')))) {
      const baselines = await unlessAborted(baselinesOf(scenario, dataset, pool), signal)
      if (baselines) await writeBaselines(folder, baselines)
    }
    if (seeds.length > 0) output.say(`report: ${await writeReport(folder.path, { seeds })}`)
    return seeds.at(-1)
  } finally {
    await pool.close()
  }
}

const runOne = async ({
  output,
  folder,
  ...run
}: Pick<PlannedRun, 'scenario' | 'dataset' | 'traces'> & {
  pool: TrainingPool
  seed: number
  folder: ResultsFolder
  output: Output
  signal: AbortSignal
}): Promise<void> => {
  const { seed, scenario, dataset } = run
  const checkpoint = checkpointIn(folder.path, seed)
  const before = await endedSummary(folder.path, seed)
  if (before) {
    await removeCheckpoint(checkpoint)
    return output.summary(seed, before)
  }
  const from = await readCheckpoint(checkpoint, { scenario, seed })
  const rounds = from?.rounds ?? []
  await beginRounds(folder, seed, rounds)
  output.begin({ seed, of: scenario.rounds, rounds })
  const result = await runSeed({
    ...run,
    ...(from && { from }),
    keep: (kept) => writeCheckpoint(checkpoint, { scenario, seed }, kept),
    async told(round) {
      await addRound(folder, seed, round)
      output.round(seed, round)
    },
  })
  const summary = await writeSeed(folder, { seed, dataset, result })
  if (result.ended === 'done') await removeCheckpoint(checkpoint)
  output.summary(seed, summary)
}

/** `undefined` where the signal comes first; what becomes of the work then is nobody's concern. */
const unlessAborted = async <T>(work: Promise<T>, signal: AbortSignal): Promise<T | undefined> => {
  work.catch(() => {})
  const aborted = new Promise<undefined>((resolve) => {
    if (signal.aborted) resolve(undefined)
    else signal.addEventListener('abort', () => resolve(undefined), { once: true })
  })
  return Promise.race([work, aborted])
}

const say = (stream: DisplayStream, text: string): number => {
  stream.write(`${text}\n`)
  return DONE
}

const wordsOf = (error: unknown): string => {
  if (!(error instanceof Error)) return String(error)
  if (error instanceof ScenarioError) return error.message
  return error.cause === undefined ? error.message : `${error.message}: ${wordsOf(error.cause)}`
}
