/** `/api/v1/tasks/{task}/rounds` and below. */
import * as z from 'zod'
import { ClientId, Digest, ModelVersion, RoundId, roundId, TaskId, taskOfRound } from '../ids.ts'
import { DeclineReason, FailureReason } from '../messages/plain-client.ts'
import { AbandonReason } from '../messages/plain-coordinator.ts'
import { PrivacyClaim } from '../privacy/accounting/claim.ts'
import { DropReason } from '../secagg/server/states.ts'
import { pageOf } from './paging.ts'
import { Timestamp } from './time.ts'

const count = z.int().min(0)

const Head = z.object({
  id: RoundId,
  task: TaskId,
  number: z.int().min(1),
  /** The version clients start from; a completed round's version is its child. */
  base: z.object({ version: ModelVersion, digest: Digest }),
  assignment: Digest,
  openedAt: Timestamp,
  /** What the task has spent of its privacy with this round. */
  privacy: z.optional(PrivacyClaim),
  /** What it clips to where that follows the clients: the norm of deltas, or without noise the range of their values. */
  clip: z.number().positive().optional(),
  /** In which round clients trained what they send again, weighed anew; and how many, all of whom this round wants. */
  refines: z.object({ round: RoundId, clients: z.int().min(2) }).optional(),
})

/** How many of the cohort stand where. `invited` is the whole cohort; the others count members that answered. */
export const TallyView = z.object({
  invited: count,
  accepted: count,
  declined: count,
  failed: count,
  received: count,
})
export type TallyView = z.infer<typeof TallyView>

export const SelectingView = z.object({
  phase: z.literal('selecting'),
  ...Head.shape,
  /** Clients to invite as soon as that many are there. */
  wanted: z.int().min(1),
  deadlineAt: Timestamp,
})

const SessionStep = z.enum(['advertising', 'sharing', 'masking', 'confirming', 'unmasking'])

export const TrainingView = z.object({
  phase: z.literal('training'),
  ...Head.shape,
  tally: TallyView,
  /** Of a round with secure aggregation: what its session waits for. */
  step: SessionStep.optional(),
  /** Its groups, a session and a sum each: clients still of it, and how many it cannot do without. */
  groups: z.array(z.object({ step: SessionStep, clients: count, threshold: count })).optional(),
  startedAt: Timestamp,
  deadlineAt: Timestamp,
})

export const AggregatingView = z.object({
  phase: z.literal('aggregating'),
  ...Head.shape,
  tally: TallyView,
  startedAt: Timestamp,
})

export const CompletedView = z.object({
  phase: z.literal('completed'),
  ...Head.shape,
  tally: TallyView,
  version: z.object({ version: ModelVersion, digest: Digest, bytes: count }),
  examples: count,
  /** Means over the round's updates, weighted by examples; names are the clients' own. */
  metrics: z.record(z.string(), z.number()),
  /** What the round after it clips to. */
  nextClip: z.number().positive().optional(),
  endedAt: Timestamp,
})

export const AbandonedView = z.object({
  phase: z.literal('abandoned'),
  ...Head.shape,
  tally: TallyView,
  reason: AbandonReason,
  detail: z.string(),
  endedAt: Timestamp,
})

export const RoundView = z.discriminatedUnion('phase', [
  SelectingView,
  TrainingView,
  AggregatingView,
  CompletedView,
  AbandonedView,
])
export type RoundView = z.infer<typeof RoundView>

const Member = z.object({
  client: ClientId,
  /** Of a buffered round: in which round the client was invited, and from which version it trains. */
  invitation: z.object({ round: RoundId, version: ModelVersion }).optional(),
  /** When it was invited, when it accepted, and when it came to the status it has; left out where that was not kept. */
  invitedAt: z.optional(Timestamp),
  acceptedAt: z.optional(Timestamp),
  since: z.optional(Timestamp),
  /** How far its training has come, as it last said on a line of the process that answers: 0 to 1. */
  progress: z
    .object({ fraction: z.number().min(0).max(1), loss: z.number().optional(), at: Timestamp })
    .optional(),
})

/** One client's part in a round. */
export const MemberView = z.discriminatedUnion('status', [
  Member.extend({ status: z.literal('invited') }),
  Member.extend({ status: z.literal('accepted') }),
  Member.extend({ status: z.literal('declined'), reason: DeclineReason }),
  Member.extend({ status: z.literal('failed'), reason: FailureReason }),
  /** No longer of the session of a round with secure aggregation. */
  Member.extend({ status: z.literal('dropped'), reason: DropReason }),
  Member.extend({
    status: z.literal('received'),
    /** Of the sealed update. */
    bytes: count,
    /** Left out where they are under the mask of secure aggregation. */
    examples: count.optional(),
    metrics: z.record(z.string(), z.number()).optional(),
    receivedAt: Timestamp,
    /** L2 norm of its delta; left out under secure aggregation, differential privacy and compression, and of rounds that kept none. */
    norm: z.number().min(0).optional(),
  }),
])
export type MemberView = z.infer<typeof MemberView>

const members = { members: z.array(MemberView) }

/** `GET /api/v1/tasks/{task}/rounds/{round}`: the round and its members in the order of their client ids. */
export const RoundDetail = z.discriminatedUnion('phase', [
  SelectingView.extend(members),
  TrainingView.extend(members),
  AggregatingView.extend(members),
  CompletedView.extend(members),
  AbandonedView.extend(members),
])
export type RoundDetail = z.infer<typeof RoundDetail>

export const RoundPage = pageOf(RoundView)
export type RoundPage = z.infer<typeof RoundPage>

/** `POST /api/v1/tasks/{task}/rounds`: begin a round now. There is nothing to say; the body may be left out. */
export const TriggerRoundRequest = z.strictObject({}).prefault({})

/** `POST /api/v1/tasks/{task}/rounds/{round}/abandon`. The body may be left out. */
export const AbandonRoundRequest = z.strictObject({ reason: z.string().max(500).default('') }).prefault({})
export type AbandonRoundRequest = z.infer<typeof AbandonRoundRequest>

/** The `{round}` of a path: its id, `digits.12`, or its number alone, `12`. */
export const RoundParam = z
  .string()
  .regex(
    /^(?:[a-z0-9][a-z0-9-]{0,62}\.)?[1-9][0-9]{0,9}$/,
    'a round is its id, as in digits.12, or its number, as in 12',
  )
export type RoundParam = z.infer<typeof RoundParam>

/** The round that a path names, or `undefined` where it is the id of another task's. */
export const roundOfPath = (task: TaskId, param: RoundParam): RoundId | undefined => {
  if (!param.includes('.')) return roundId(task, Number(param))
  const id = RoundId.parse(param)
  return taskOfRound(id) === task ? id : undefined
}
