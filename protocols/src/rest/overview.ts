/** `GET /api/v1/overview`: what somebody who looks after a coordinator wants to see first. */
import * as z from 'zod'
import { TaskId } from '../ids.ts'
import { FleetView } from './fleet.ts'
import { ModelView } from './models.ts'
import { RoundView } from './rounds.ts'
import { Timestamp } from './time.ts'

export const AlertKind = z.enum([
  /** A task's last rounds were abandoned, one after the other. */
  'rounds-abandoned',
  /** A round waits for clients and too few are there. */
  'too-few-clients',
  /** An active task with a schedule is overdue. */
  'round-overdue',
  /** Loss rose, or accuracy fell, over the last versions of a task. */
  'metric-worse',
  /** The privacy budget allows few more rounds, or none. */
  'privacy-budget',
  /** The process answers late, or the disk is nearly full. */
  'event-loop-late',
  'disk-nearly-full',
  /** Deliveries to a webhook fail. */
  'webhook-failing',
])
export type AlertKind = z.infer<typeof AlertKind>

/** Something that wants a person's attention. It goes when its cause does. */
export const AlertView = z.object({
  kind: AlertKind,
  severity: z.enum(['warning', 'critical']),
  /** The task it is about; null where it is about the coordinator. */
  task: z.nullable(TaskId),
  /** What is wrong and what to do, in a sentence or two. */
  detail: z.string(),
})
export type AlertView = z.infer<typeof AlertView>

export const OverviewView = z.object({
  at: Timestamp,
  fleet: FleetView,
  tasks: z.object({ active: z.int().min(0), paused: z.int().min(0), finished: z.int().min(0) }),
  /** Rounds that go on, newest first, 50 at most. */
  openRounds: z.array(RoundView),
  /** The newest version of each of the 20 tasks that had one most recently, newest first. */
  newestModels: z.array(ModelView),
  alerts: z.array(AlertView),
})
export type OverviewView = z.infer<typeof OverviewView>
