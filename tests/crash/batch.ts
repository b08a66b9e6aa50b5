/** Trials at every boundary and then by chance, until enough processes have been killed. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { withoutPassing } from './keeper.ts'
import { type Plan, quickSweep, randomPlan, thoroughSweep } from './plan.ts'
import type { Stage } from './stages.ts'
import { runTrial, type TrialReport, Violation } from './trial.ts'

export type BatchOptions = {
  stage: Stage
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
  const { boundaries, digestAfter } = await undisturbed(options)
  say(
    `an undisturbed round passes ${boundaries.length} boundaries, ${new Set(boundaries.map(withoutPassing)).size} by name`,
  )

  const byBoundary = new Map<string, number>()
  const during = { start: 0, work: 0, stop: 0 }
  const total = { trials: 0, kills: 0, stops: 0, unmet: 0, acknowledged: 0, mismatches: 0 }
  const missed: string[] = []
  const violations: unknown[] = []
  let next = from

  const swept = options.sweep === 'thorough' ? thoroughSweep(seed, boundaries) : quickSweep(boundaries)
  const planOf = (trial: number): Plan => swept[trial - 1] ?? randomPlan(`${seed}/${trial}`)

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
    for (const doom of report.unmet) if (doom.kind === 'boundary') missed.push(doom.at)
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
      if (trial % 20 === 0) say(`trial ${trial}: ${total.kills} kills in ${seconds()} s`)
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
      `${total.kills} kills in ${total.trials} trials, ${during.start} of them while starting and ${during.stop} while stopping; ` +
        `${total.stops} processes stopped in time, ${total.unmet} deaths did not come to pass`,
      ...(missed.length > 0 ? [`boundaries never reached again: ${missed.join(', ')}`] : []),
      `all of them recovered from; ${total.acknowledged} acknowledged updates; ${violations.length} violations, ${total.mismatches} of them another digest`,
      `${seconds()} s, ${jobs} at a time`,
    ],
  }
}

/** What a life in which nobody is killed passes in a single round, and the weights that it makes in so many. */
const undisturbed = async ({ stage, seed }: BatchOptions) => {
  await using folder = await temporaryFolder()
  const live = async (rounds: number, journal?: string) => {
    const plan: Plan = { rounds, arrival: 'in-turn', trainingMs: 0, dooms: [] }
    const { versions } = await runTrial({ stage, seed, plan, ...(journal ? { journal } : {}) })
    return versions.at(-1)
  }
  const journal = join(folder.path, 'passed')
  const digests = new Map([[1, Promise.resolve(await live(1, journal))]])
  return {
    boundaries: (await readFile(journal, 'utf8')).trimEnd().split('\n'),
    digestAfter(rounds: number) {
      const digest = digests.get(rounds) ?? live(rounds)
      digests.set(rounds, digest)
      return digest
    },
  }
}
