import * as z from 'zod/mini'
import { TaskId } from '../ids.ts'
import { Compression } from './compression.ts'
import { Mode } from './mode.ts'
import { ModelSpec } from './model.ts'
import { personalizationMistakes } from './personal-layers.ts'
import { Personalization } from './personalization.ts'
import { Plan } from './plan.ts'
import { PrivacySpec } from './privacy.ts'
import { secureCohortMistakes } from './secure-cohort.ts'
import { StrategySpec } from './strategy.ts'

const seconds = (most: number) => z.number().check(z.positive(), z.maximum(most))

export const CohortPolicy = z
  .strictObject({
    /** Updates that a round wants; with this many it aggregates at once. */
    target: z.int().check(z.minimum(1), z.maximum(1_000_000)),
    /** Clients invited for each update wanted (Bonawitz et al. 2019 use 1.3). */
    overSelection: z._default(z.number().check(z.minimum(1), z.maximum(10)), 1.3),
    /** Updates without which the round is abandoned when its time is up. */
    quorum: z.int().check(z.minimum(1), z.maximum(1_000_000)),
    /** How long a round waits for enough clients to check in. */
    selectionSeconds: z._default(seconds(7 * 86_400), 60),
    /** How long clients have, from invitation to acknowledged update. */
    trainingSeconds: z._default(seconds(7 * 86_400), 600),
  })
  .check(
    z.refine(({ quorum, target }) => quorum <= target, {
      path: ['quorum'],
      message: 'quorum must not exceed target: a round aggregates as soon as target is met',
    }),
  )
export type CohortPolicy = z.infer<typeof CohortPolicy>

export const Schedule = z.discriminatedUnion('kind', [
  /** A round begins when someone triggers it. */
  z.strictObject({ kind: z.literal('manual') }),
  /** A round begins when the last has ended, after a pause. */
  z.strictObject({
    kind: z.literal('continuous'),
    pauseSeconds: z._default(z.number().check(z.minimum(0), z.maximum(7 * 86_400)), 0),
  }),
  /** A round begins at the times of a five- or six-field cron expression. */
  z.strictObject({
    kind: z.literal('cron'),
    expression: z.string().check(z.minLength(9), z.maxLength(128)),
    timeZone: z._default(z.string().check(z.minLength(1), z.maxLength(64)), 'UTC'),
  }),
])
export type Schedule = z.infer<typeof Schedule>

export const StopRule = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('never') }),
  /** The task is finished when this many rounds have completed. */
  z.strictObject({
    kind: z.literal('completed-rounds'),
    rounds: z.int().check(z.minimum(1), z.maximum(1_000_000_000)),
  }),
])
export type StopRule = z.infer<typeof StopRule>

/** The task file: everything about one model being trained for one population. */
export const TaskFile = z
  .strictObject({
    id: TaskId,
    title: z.optional(z.string().check(z.minLength(1), z.maxLength(200))),
    model: ModelSpec,
    plan: Plan,
    cohort: CohortPolicy,
    mode: z._default(Mode, { kind: 'synchronous' }),
    strategy: z._default(StrategySpec, { name: 'fedavg', serverLearningRate: 1 }),
    privacy: z._default(PrivacySpec, { mode: 'sealed' }),
    /** How clients make their updates smaller; left out, not at all. */
    compression: z.optional(Compression),
    /** What of the model is each client's own; left out, nothing. */
    personalization: z.optional(Personalization),
    schedule: z._default(Schedule, { kind: 'manual' }),
    stop: z._default(StopRule, { kind: 'never' }),
  })
  .check(
    z.superRefine((file, context) => {
      const { cohort, privacy } = file
      const ofCohort = privacy.mode === 'secure-aggregation' ? secureCohortMistakes(cohort, privacy) : []
      for (const { path, message } of [...ofCohort, ...personalizationMistakes(file)])
        context.addIssue({ code: 'custom', path: [...path], message })
    }),
  )
export type TaskFile = z.infer<typeof TaskFile>
/** A task file as people write it: what has a default may be left out. */
export type TaskFileInput = z.input<typeof TaskFile>
