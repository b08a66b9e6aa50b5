/**
 * The signals between the processes of one coordinator. They come out of a database that others may reach, so each is
 * checked like any message. Nothing secret is in them.
 */
import { ClientId, RoundId, TaskId } from '@tributary/protocols'
import { DeclineReason, FailureReason } from '@tributary/protocols/messages'
import type { Random } from '@tributary/protocols/runtime'
import {
  AdvertiseMessage,
  ConfirmMessage,
  RefuseMessage,
  ShareMessage,
  UnmaskMessage,
} from '@tributary/protocols/secagg'
import * as z from 'zod'
import { Hint } from '../live/hint.ts'
import { Receipt } from '../round/member.ts'

/** One process of a coordinator, for as long as it runs. */
export const ReplicaId = z
  .string()
  .regex(/^[0-9a-f]{16}$/)
  .brand<'ReplicaId'>()
export type ReplicaId = z.infer<typeof ReplicaId>

/** The first eight bytes name it. */
export const replicaIdOf = (bytes: Uint8Array): ReplicaId =>
  ReplicaId.parse(Buffer.from(bytes.subarray(0, 8)).toString('hex'))

export const newReplicaId = (random: Random): ReplicaId => replicaIdOf(random.bytes(8))

/** A client on a line of the sender, and the tasks it is checked in for; none where it has gone. */
const Whereabouts = z.strictObject({ client: ClientId, tasks: z.array(TaskId) })
export type Whereabouts = z.infer<typeof Whereabouts>

const SessionMessage = z.discriminatedUnion('type', [
  AdvertiseMessage,
  ShareMessage,
  ConfirmMessage,
  UnmaskMessage,
  RefuseMessage,
  z.strictObject({ type: z.literal('malformed') }),
])

/** What may happen to a round at a process that does not drive it. */
export const FarHappening = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('accepted'), client: ClientId }),
  z.strictObject({ type: z.literal('declined'), client: ClientId, reason: DeclineReason }),
  z.strictObject({ type: z.literal('failed'), client: ClientId, reason: FailureReason }),
  z.strictObject({ type: z.literal('said-in-session'), client: ClientId, message: SessionMessage }),
  z.strictObject({ type: z.literal('update-received'), client: ClientId, receipt: Receipt }),
  z.strictObject({
    type: z.literal('abandon-requested'),
    reason: z.enum(['operator', 'task-finished']),
    detail: z.string(),
    by: z.string(),
  }),
])
export type FarHappening = z.infer<typeof FarHappening>

const FarOutcome = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('changed') }),
  z.strictObject({ kind: z.literal('unchanged') }),
  z.strictObject({ kind: z.literal('refused'), reason: z.enum(['round-over', 'not-invited', 'dropped']) }),
  /** It could not be saved. `full`: for want of room. */
  z.strictObject({ kind: z.literal('fault'), full: z.boolean(), detail: z.string() }),
])
export type FarOutcome = z.infer<typeof FarOutcome>

const Notice = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('invited'), round: RoundId }),
  z.strictObject({ kind: z.literal('asked'), round: RoundId }),
  z.strictObject({ kind: z.literal('closed'), round: RoundId }),
  z.strictObject({ kind: z.literal('ended'), round: RoundId }),
  z.strictObject({ kind: z.literal('published'), task: TaskId }),
])

export const Signal = z.discriminatedUnion('type', [
  /** The sender is there. */
  z.strictObject({ type: z.literal('alive') }),
  /** So many clients are on the sender's lines. */
  z.strictObject({ type: z.literal('lines'), lines: z.int().min(0) }),
  /** The sender has let go of everything and ends. */
  z.strictObject({ type: z.literal('leaving') }),
  /** Clients have come, gone, or checked in or out at the sender. */
  z.strictObject({ type: z.literal('moved'), clients: z.array(Whereabouts) }),
  /** Everyone at the sender, as of the letter with part 0; the others follow it, one a letter. */
  z.strictObject({
    type: z.literal('roll'),
    clients: z.array(Whereabouts),
    part: z.int().min(0),
    of: z.int().min(1),
  }),
  /** `to` is asked for its roll: the sender is new, or has missed something. */
  z.strictObject({ type: z.literal('ask-roll'), to: ReplicaId }),
  /** A client has opened a line at the sender: one it had elsewhere is dead. */
  z.strictObject({ type: z.literal('line-opened'), client: ClientId }),
  z.strictObject({ type: z.literal('revoked'), client: ClientId }),
  /** A task, its model or its rounds have changed in the tables: whoever drives it looks. */
  z.strictObject({ type: z.literal('look'), task: TaskId }),
  z.strictObject({ type: z.literal('notice'), notice: Notice }),
  /** The key of a round has been destroyed in the tables: nobody keeps it in memory. */
  z.strictObject({ type: z.literal('key-destroyed'), round: RoundId }),
  /** Somebody watches at the sender: for a while it is to hear what changes. */
  z.strictObject({ type: z.literal('watching') }),
  /** This has changed in the tables, for whoever watches. */
  z.strictObject({ type: z.literal('changed'), hint: Hint }),
  /** Whoever drives the round decides, and answers. */
  z.strictObject({ type: z.literal('ask'), ask: z.int(), round: RoundId, happening: FarHappening }),
  z.strictObject({ type: z.literal('answer'), to: ReplicaId, ask: z.int(), outcome: FarOutcome }),
])
export type Signal = z.infer<typeof Signal>

/** Signals of one process that travel together, numbered from 1 so that a lost letter shows. */
export const Letter = z.strictObject({
  from: ReplicaId,
  number: z.int().min(1),
  signals: z.array(Signal),
})
export type Letter = z.infer<typeof Letter>
