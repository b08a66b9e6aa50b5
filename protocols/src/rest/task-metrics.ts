/** `GET /api/v1/tasks/{task}/metrics`, and the same as CSV: what rounds and their clients measured. */
import * as z from 'zod'
import { ModelVersion, RoundId } from '../ids.ts'
import { pageOf } from './paging.ts'
import { Timestamp } from './time.ts'

const count = z.int().min(0)

/** How a number lies over a round's clients, each counted once. Percentiles interpolate linearly (Hyndman and Fan 1996, type 7). */
export const BandView = z.object({
  clients: z.int().min(1),
  min: z.number(),
  p10: z.number(),
  median: z.number(),
  p90: z.number(),
  max: z.number(),
})
export type BandView = z.infer<typeof BandView>

export const RoundMetricsView = z.object({
  round: RoundId,
  number: z.int().min(1),
  outcome: z.enum(['completed', 'abandoned']),
  /** What a completed round made. */
  version: z.nullable(ModelVersion),
  openedAt: Timestamp,
  endedAt: Timestamp,
  /** Updates received of how many clients invited. */
  received: count,
  invited: count,
  examples: count,
  /** Of sealed updates, together. */
  bytes: count,
  /** Means over the round's updates, weighted by examples, as `CompletedView` has them. */
  means: z.record(z.string(), z.number()),
  /** By metric; empty where the clients' own numbers are under the mask of secure aggregation or noise. */
  bands: z.record(z.string(), BandView),
})
export type RoundMetricsView = z.infer<typeof RoundMetricsView>

/** Rounds that ended, newest first. */
export const TaskMetricsPage = pageOf(RoundMetricsView)
export type TaskMetricsPage = z.infer<typeof TaskMetricsPage>
