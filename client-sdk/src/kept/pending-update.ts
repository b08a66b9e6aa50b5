/**
 * An update that is sealed and not yet known to have arrived, on this device: whoever comes back after a reload or a crash offers the same bytes.
 * It is sealed to the round's key, so that what rests here says no more than its claims. There is at most one for each task.
 */
import type { ClientId, RoundId, TaskId } from '@tributary/protocols'
import type { EnvelopePrimitives } from '@tributary/protocols/crypto'
import { Invitation } from '@tributary/protocols/messages'
import type { Clock } from '@tributary/protocols/runtime'
import { digestOf } from '@tributary/protocols/tensors'
import { decodeSubmission, encodeSubmission, type SealedUpdate } from '@tributary/protocols/updates'
import * as z from 'zod/mini'
import type { PendingRound } from '../participation/event.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { pack, unpack } from './packed-record.ts'
import { pendingOf } from './record-names.ts'

/** What is uploaded, and what of this client's own vector is to be kept once it has arrived, where the task has one. */
export type UpdateToHandIn = { sealed: SealedUpdate; variate: Uint8Array | undefined }

export type PendingUpdate = {
  /** Whether it is kept: one that is too large is not, nor one that the device has no room for. */
  keep(round: PendingRound, update: UpdateToHandIn): Promise<boolean>
  /** What is kept of this client and may still be wanted; whatever else is there is erased. */
  load(client: ClientId): Promise<{ round: PendingRound; update: UpdateToHandIn } | undefined>
  /** Forgets the update to this round; that to another stays. */
  forget(round: RoundId): Promise<void>
}

type Needs = {
  task: TaskId
  records: RecordStore
  clock: Pick<Clock, 'now'>
  primitives?: Pick<EnvelopePrimitives, 'sha256'>
  /** Hears that the device does not keep what it is given. */
  fault(error: unknown): void
}

/** What is larger is not written. */
const MOST_BYTES = 2 ** 26
/** How long beyond its deadline an update is still offered, for the coordinator to say whether it wants it: by this client's clock, which may be wrong. */
const OFFERED_MS = 14 * 86_400_000

const { session: _, ...invitationAtRest } = Invitation.shape
const Kept = z.strictObject({
  invitation: z.strictObject(invitationAtRest),
  deadlineAt: z.number(),
  keptAt: z.number(),
  submission: z.string(),
})

export const createPendingUpdate = (needs: Needs): PendingUpdate => {
  const { records, task, clock, fault } = needs
  const name = pendingOf(task)
  let keptFor: RoundId | undefined
  let turn: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>, otherwise: T): Promise<T> => {
    const mine = turn.then(work).catch((error: unknown) => {
      fault(error)
      return otherwise
    })
    turn = mine
    return mine
  }

  const read = async (client: ClientId) => {
    const bytes = await records.load(name)
    if (!bytes) return undefined
    const kept = unpack(bytes, Kept)
    const found = kept && handedInBy(client, task, kept.of, kept.parts, needs.primitives)
    const now = clock.now()
    if (found && isOffered(kept.of, now)) return found
    await records.erase(name)
    return undefined
  }

  return {
    keep: ({ invitation, deadlineAt }, { sealed, variate }) =>
      inTurn(async () => {
        const { session: _, ...atRest } = invitation
        const of: z.input<typeof Kept> = {
          invitation: atRest,
          deadlineAt,
          keptAt: clock.now(),
          submission: encodeSubmission(sealed.submission),
        }
        const parts = variate ? [sealed.envelope, variate] : [sealed.envelope]
        if (parts.reduce((sum, { length }) => sum + length, 0) > MOST_BYTES) return false
        await records.save(name, pack(of, parts))
        keptFor = invitation.round
        return true
      }, false),
    load: (client) =>
      inTurn(async () => {
        const found = await read(client)
        keptFor = found?.round.invitation.round
        return found
      }, undefined),
    forget: (round) =>
      inTurn(async () => {
        if (keptFor !== round) return
        await records.erase(name)
        keptFor = undefined
      }, undefined),
  }
}

/** Neither a clock that was put forward for a while nor one that was put back makes an update last. */
const isOffered = ({ keptAt, deadlineAt }: z.infer<typeof Kept>, now: number): boolean =>
  now < Math.max(keptAt, deadlineAt) + OFFERED_MS && now > keptAt - OFFERED_MS

/** What was kept, where it is whole, of this task, and this client's. */
const handedInBy = (
  client: ClientId,
  task: TaskId,
  { invitation, deadlineAt, submission: text }: z.infer<typeof Kept>,
  [envelope, variate]: readonly Uint8Array[],
  primitives: Needs['primitives'],
): { round: PendingRound; update: UpdateToHandIn } | undefined => {
  const submission = submissionOf(text)
  const isIt =
    envelope !== undefined &&
    submission?.client === client &&
    submission.task === task &&
    invitation.task === task &&
    submission.round === invitation.round &&
    submission.envelope === digestOf(envelope, primitives?.sha256)
  return isIt
    ? {
        round: { invitation: { ...invitation, session: LET_GO }, deadlineAt },
        update: { sealed: { submission, envelope }, variate },
      }
    : undefined
}

const submissionOf = (text: string) => {
  try {
    return decodeSubmission(text)
  } catch {
    return undefined
  }
}

/** No token rests beside an update: the next line brings one. */
const LET_GO = { token: 'none-since-then-', expiresAt: 0 }
