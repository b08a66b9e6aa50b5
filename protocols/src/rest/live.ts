/**
 * What the coordinator says on the socket.io namespace `/admin`, in the event named `message`. Each saying is a hint with the new
 * view in it: the tables are the truth, and REST reads them. What is said while a line is down is lost; after `hello` ask again.
 */
import * as z from 'zod'
import { ClientId, RoundId, TaskId } from '../ids.ts'
import { FleetView } from './fleet.ts'
import { ModelView } from './models.ts'
import { MemberView, RoundView } from './rounds.ts'
import { Timestamp } from './time.ts'
import { RoleName } from './tokens.ts'

/** First on every line: who the coordinator takes you for. */
const Hello = z.object({
  type: z.literal('hello'),
  at: Timestamp,
  name: z.string(),
  role: RoleName,
})

/** A round was saved: it began, its counts or its phase changed. */
const RoundSaved = z.object({ type: z.literal('round'), round: RoundView })

/** Members of a round whose part changed. */
const MembersSaved = z.object({ type: z.literal('members'), round: RoundId, members: z.array(MemberView) })

/** How far a client's training has come, of its work. */
const TrainingProgress = z.object({
  type: z.literal('progress'),
  round: RoundId,
  clients: z.array(
    z.object({ client: ClientId, fraction: z.number().min(0).max(1), loss: z.number().optional() }),
  ),
})

/** A task was created or changed. */
const TaskChanged = z.object({ type: z.literal('task'), task: TaskId })

/** A version was published. */
const ModelAdded = z.object({ type: z.literal('model'), model: ModelView })

/** Counts of the fleet changed; at most once a second. */
const FleetChanged = z.object({ type: z.literal('fleet'), fleet: FleetView })

/** A client enrolled, was revoked, came on the line or left it; at most 200 names, once a second: `more` says how many others. */
const ClientsChanged = z.object({
  type: z.literal('clients'),
  clients: z.array(ClientId),
  more: z.int().min(0),
})

/** The audit log grew to this number. Told to admins alone. */
const AuditGrew = z.object({ type: z.literal('audit'), sequence: z.int().min(0) })

export const LiveEvent = z.discriminatedUnion('type', [
  Hello,
  RoundSaved,
  MembersSaved,
  TrainingProgress,
  TaskChanged,
  ModelAdded,
  FleetChanged,
  ClientsChanged,
  AuditGrew,
])
export type LiveEvent = z.infer<typeof LiveEvent>

/** The namespace of live views. A line is opened with `auth: { token }`, or from the coordinator's own pages with their session's cookie. */
export const ADMIN_NAMESPACE = '/admin'
