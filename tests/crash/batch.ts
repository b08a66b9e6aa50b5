/** Trials at every boundary and then by chance, until enough processes have been killed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { withoutPassing } from './keeper.ts'
import {
  type Mode,
  type Plan,
  type Privacy,
  quickSweep,
  randomPlan,
  sweptLives,
  thoroughSweep,
  undisturbedPlan,
} from './plan.ts'
import type { Stage } from './stages.ts'
import { runTrial, type TrialReport } from './trial.ts'
import { Violation } from './what-holds.ts'

export type BatchOptions = {
  stage: Stage
  /** What its rounds are: lives of each are swept, and then drawn from. */
  modes: readonly [Mode, ...Mode[]]
  /** What clients' keys and updates, and everything left to chance, follow from. */
  seed: string
  /** Kills to be counted once the sweep is over; the trials at work then still come to their end. */
  count: number
  /** The first trial. */
  from?: number
  jobs: number
  /** Whether every passing of a boundary is swept with more by chance after it, or the first of each alone. */
  sweep: 'thorough' | 'quick'
  /** Begins no trial after it has aborted. */
  signal?: AbortSignal
  say(line: string): void
  replayBy(plan: Plan): string
}

export type BatchReport = {
  kills: number
  /** The first trial that was not begun. */
  next: number
  violations: readonly unknown[]
  /** Boundaries of the sweep that a process was to be killed at and never came to. */
  missed: readonly string[]
  /** The whole of it, as lines. */
  told: readonly string[]
}

export const runBatch = async (options: BatchOptions): Promise<BatchReport> => {
  const { stage, seed, count, from = 1, jobs, say } = options
  const startedAt = performance.now()
  const seconds = () => ((performance.now() - startedAt) / 1_000).toFixed(1)
  const { lives, digestAfter } = await undisturbed(options)
  for (const { privacy, boundaries } of lives)
    say(
      `an undisturbed round passes ${boundaries.length} boundaries, ${new Set(boundaries.map(withoutPassing)).size} by name: ${JSON.stringify(privacy)}`,
    )

  const byBoundary = new Map<string, number>()
  const during = { start: 0, work: 0, stop: 0 }
  const total = { trials: 0, kills: 0, stops: 0, unmet: 0, acknowledged: 0, mismatches: 0 }
  const outcomes = new Map<string, number>()
  const missed: string[] = []
  const violations: unknown[] = []
  let next = from

  const swept = unsweptYet(lives).flatMap((life) =>
    options.sweep === 'thorough' ? thoroughSweep(seed, life) : quickSweep(life),
  )
  const planOf = (trial: number): Plan => swept[trial - 1] ?? randomPlan(`${seed}/${trial}`, options.modes)

  const take = async (plan: Plan, report: TrialReport) => {
    for (const { at, during: when } of report.kills) {
      byBoundary.set(at, (byBoundary.get(at) ?? 0) + 1)
      during[when]++
    }
    total.trials++
    total.kills += report.kills.length
    total.stops += report.stops
    total.unmet += report.unmet.length
    total.acknowledged += report.acknowledged.length
    for (const outcome of report.outcomes) {
      const ended = `${plan.privacy.mode}: ${outcome}`
      outcomes.set(ended, (outcomes.get(ended) ?? 0) + 1)
    }
    for (const doom of report.unmet) if (doom.kind === 'boundary') missed.push(doom.at)
    // Secure rounds round and noise by chance: what they made was held against their clients' updates.
    if (plan.privacy.mode !== 'sealed') return
    const made = report.versions.at(-1)
    const expected = await digestAfter(plan.rounds)
    if (made === expected) return
    total.mismatches++
    throw new Violation(`the model is ${made}, and undisturbed ${expected}`)
  }

  const work = async () => {
    while ((next <= swept.length || total.kills < count) && !options.signal?.aborted) {
      const trial = next++
      const plan = planOf(trial)
      try {
        await take(plan, await runTrial({ stage, seed, plan }))
      } catch (error) {
        violations.push(error)
        say(`trial ${trial}: ${error instanceof Error ? error.stack : String(error)}`)
        say(`  ${options.replayBy(plan)}`)
      }
      if (trial % 10 === 0) say(`trial ${trial}: ${total.kills} kills in ${seconds()} s`)
    }
  }
  await Promise.all(Array.from({ length: jobs }, work))

  return {
    kills: total.kills,
    next,
    violations,
    missed,
    told: [
      ...[...byBoundary]
        .toSorted(([a], [b]) => (a < b ? -1 : 1))
        .map(([at, n]) => `${String(n).padStart(5)}  ${at}`),
      ...Array.from(outcomes, ([outcome, n]) => `${String(n).padStart(5)}  rounds ${outcome}`),
      `${total.kills} kills in ${total.trials} trials, ${during.start} of them while starting and ${during.stop} while stopping; ` +
        `${total.stops} processes stopped in time, ${total.unmet} deaths did not come to pass`,
      ...(missed.length > 0 ? [`boundaries never reached again: ${missed.join(', ')}`] : []),
      `all of them recovered from; ${total.acknowledged} acknowledged updates; ${violations.length} violations, ${total.mismatches} of them another digest`,
      `${seconds()} s, ${jobs} at a time`,
    ],
  }
}

type Life = { privacy: Privacy; boundaries: readonly string[] }

/** What lives in which nobody is killed pass in a single round, and the weights that sealed ones make in so many. */
const undisturbed = async ({ stage, seed, modes }: BatchOptions) => {
  await using folder = await temporaryFolder()
  const live = async (privacy: Privacy, rounds: number, journal?: string) => {
    const plan = undisturbedPlan(privacy, rounds)
    const { versions } = await runTrial({ stage, seed, plan, ...(journal ? { journal } : {}) })
    return versions.at(-1)
  }
  const lives: Life[] = []
  const digests = new Map<number, Promise<string | undefined>>()
  for (const [at, privacy] of modes.flatMap((mode) => sweptLives[mode]).entries()) {
    const journal = join(folder.path, `passed-${at}`)
    const made = await live(privacy, 1, journal)
    if (privacy.mode === 'sealed') digests.set(1, Promise.resolve(made))
    lives.push({ privacy, boundaries: (await readFile(journal, 'utf8')).trimEnd().split('\n') })
  }
  return {
    lives,
    digestAfter(rounds: number) {
      const digest = digests.get(rounds) ?? live({ mode: 'sealed' }, rounds)
      digests.set(rounds, digest)
      return digest
    },
  }
}

/** The lives, each with the boundaries that none before it in the same mode passes. */
const unsweptYet = (lives: readonly Life[]): Life[] =>
  lives.map(({ privacy, boundaries }, at) => {
    const before = lives.slice(0, at).filter((life) => life.privacy.mode === privacy.mode)
    const swept = new Set(before.flatMap((life) => life.boundaries.map(withoutPassing)))
    return { privacy, boundaries: boundaries.filter((boundary) => !swept.has(withoutPassing(boundary))) }
  })
