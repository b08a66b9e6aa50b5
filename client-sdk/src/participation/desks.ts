/** Performs a round's effects: ask, fetch, train, upload, drop. What is kept for a round lies on its desk. */

import type { Digest, RoundId, TaskId } from '@tributary/protocols'
import type { EnvelopePrimitives, Identity, VerifySignature } from '@tributary/protocols/crypto'
import type { Invitation, Session } from '@tributary/protocols/messages'
import type { Clock, Random } from '@tributary/protocols/platform'
import type { CoordinatorSecaggMessage } from '@tributary/protocols/secagg'
import { abortReason } from '../abortable.ts'
import type { PendingUpdate, UpdateToHandIn } from '../kept/pending-update.ts'
import type { Bulk } from '../ports/bulk.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { PersonalTraining } from '../ports/personal-training.ts'
import type { Trainer, TrainingProgress } from '../training/trainer.ts'
import { messageOf } from '../tributary-error.ts'
import type { Decision, Happening, PendingRound } from './event.ts'
import type { Jobs } from './jobs.ts'
import type { KeptTraining } from './kept-training.ts'
import type { LoadBlob } from './load-blob.ts'
import type { Carried, loadCarried } from './load-carried.ts'
import { type FetchedModel, type LoadedModel, loadModel } from './load-model.ts'
import { loadProtection } from './load-protection.ts'
import { loadTaskWork } from './load-task-work.ts'
import { makeUpdate } from './make-update.ts'
import type { ParticipantNotice } from './notice.ts'
import { requirePersonal } from './personal.ts'
import type { PrivacyOptions } from './privacy-options.ts'
import type { Protection } from './protection.ts'
import type { Guard } from './seal-update.ts'
import type { SecureSession } from './secure-session.ts'
import { encodeVariate, type Variates } from './variates.ts'

type Needs = {
  task: TaskId
  identity: Identity
  bulk: Pick<Bulk, 'upload'>
  loadBlob: LoadBlob
  trainer: Trainer
  clock: Clock
  random: Random
  trainingSeed?(round: RoundId): number
  keyRandom: Random
  primitives?: EnvelopePrimitives
  verify?: VerifySignature
  privacy?: PrivacyOptions
  participations: ParticipationStore
  variates: Variates
  /** Where updates rest until they have arrived; left out, in memory. */
  pending?: PendingUpdate
  /** The key that is pinned: what the app insists on of secure rounds' coordinators, unless it says so itself. */
  coordinatorKey(): string | undefined
  personal?: PersonalTraining
  decide(invitation: Invitation, signal: AbortSignal): Decision | Promise<Decision>
  told(notice: ParticipantNotice): void
  happen(happening: Happening): void
  jobs: Jobs
}

export type Desks = {
  ask(invitation: Invitation): void
  fetch(invitation: Invitation, session: Session): void
  train(round: PendingRound): void
  /** What was said in the session of a secure round; heard where there is one. */
  hear(round: RoundId, message: CoordinatorSecaggMessage): void
  upload(invitation: Invitation, session: Session): void
  /** What an earlier life of this client made is on the desk again. */
  putBack(round: RoundId, update: UpdateToHandIn): void
  forgetUpdate(round: RoundId): void
  drop(round: RoundId): void
  /** What was trained is not to be summed again. */
  forget(): void
  /** A model that was fetched for a round that goes on. */
  model(weights: Digest): FetchedModel | undefined
}

type Desk = {
  abort: AbortController
  fetched: FetchedModel | undefined
  carried: Carried | undefined
  made: UpdateToHandIn | undefined
  session: SecureSession | undefined
}

export const createDesks = (needs: Needs): Desks => {
  const { task, identity, jobs, told, happen } = needs
  const desks = new Map<RoundId, Desk>()
  let kept: KeptTraining | undefined
  /** A training that was aborted may need a moment to end; the next begins after it. */
  let lastTraining: Promise<void> = Promise.resolve()

  const decided = async (invitation: Invitation, signal: AbortSignal): Promise<Decision> => {
    const { manifest } = invitation
    if (manifest?.refines !== undefined && !kept?.has(manifest)) return { kind: 'decline', reason: 'no-data' }
    try {
      return await needs.decide(invitation, signal)
    } catch (error) {
      if (!signal.aborted) told({ type: 'fault', during: 'ask', error })
      return { kind: 'decline', reason: 'other' }
    }
  }

  /** How the update is to be protected; in a secure round its session begins. What it says and where it is goes through the machine. */
  const guarding = async (
    invitation: Invitation,
    model: LoadedModel,
    desk: Desk,
  ): Promise<Guard | Extract<Protection, { kind: 'failed' }>> => {
    if (isPlain(invitation, model, needs.privacy)) return { kind: 'sealed', noise: { mechanism: 'none' } }
    const { beginSession, createKeptTraining, protect } = await loadProtection()
    const coordinatorKey = needs.coordinatorKey()
    const privacy = coordinatorKey === undefined ? needs.privacy : { ...needs.privacy, coordinatorKey }
    const protection = await protect({ ...needs, ...(privacy && { privacy }) }, { invitation, model })
    if (protection.kind !== 'secure' || desk.abort.signal.aborted)
      return protection.kind === 'secure' ? GONE : protection
    const { round } = invitation
    const { manifest, expected } = protection
    kept ??= createKeptTraining()
    const objection = manifest.refines === undefined ? undefined : kept.objectionTo(manifest)
    if (objection) return { kind: 'failed', reason: 'privacy-floor', detail: objection }
    let begun: 'yes' | 'no' = 'no'
    const session = beginSession(
      {
        means: {
          identity,
          ...(needs.primitives?.x25519 && { x25519: needs.primitives.x25519 }),
          ...(needs.verify && { verifySignature: needs.verify }),
        },
        say: (message) => happen({ type: 'session-says', round, message }),
        moved: (step) => happen({ type: 'session-moved', round, step }),
        ended(reason, said) {
          kept?.forget(manifest.refines ?? round)
          told({ type: 'evidence', round, reason, said })
          happen({ type: 'session-ended', round, reason, begun })
        },
      },
      { manifest, expected, entropy: needs.keyRandom.bytes(32) },
    )
    begun = 'yes'
    desk.session = session
    return { kind: 'secure', manifest, session }
  }

  return {
    ask(invitation) {
      const { round } = invitation
      const abort = new AbortController()
      // Clients train anew: what they trained before is summed no more, whatever this one answers.
      if (invitation.manifest?.refines === undefined) kept?.forget()
      desks.set(round, newDesk(abort))
      told({ type: 'invited', invitation })
      void jobs.start(
        async () => {
          const decision = await decided(invitation, abort.signal)
          if (!abort.signal.aborted) happen({ type: 'decided', round, decision })
        },
        (error) => told({ type: 'fault', during: 'ask', error }),
      )
    },

    fetch(invitation, session) {
      const { round } = invitation
      const desk = desks.get(round)
      if (!desk) return
      const { signal } = desk.abort
      void jobs.start(
        async () => {
          const answer = await loadModel(needs.loadBlob, invitation, session, signal)
          if (signal.aborted) return
          if (answer.kind !== 'loaded') return happen({ type: 'fetch-stopped', round, problem: answer })
          const { model } = answer
          const also = model.assignment.strategy
            ? await (await loadTaskWork()).loadCarried(needs.loadBlob, { invitation, model }, session, signal)
            : LOADED
          if (signal.aborted) return
          if (also.kind !== 'loaded') return happen({ type: 'fetch-stopped', round, problem: also })
          desk.fetched = { model, source: answer.source }
          desk.carried = also.carried
          happen({ type: 'fetched', round })
        },
        (error) => {
          if (signal.aborted) return
          told({ type: 'fault', during: 'fetch', error })
          happen({ type: 'fetch-stopped', round, problem: { kind: 'interrupted' } })
        },
      )
    },

    train(pending) {
      const { invitation } = pending
      const { round } = invitation
      const desk = desks.get(round)
      const whole = desk?.fetched?.model
      if (!desk || !whole) return
      const { signal } = desk.abort
      const before = lastTraining
      const tellsLoss = isPlain(invitation, whole, needs.privacy)
      const onProgress = (progress: TrainingProgress) => {
        if (signal.aborted) return
        told({ type: 'progress', round, progress })
        const { fraction, loss } = progress
        happen({ type: 'progress', round, fraction, loss: tellsLoss ? loss : undefined })
      }
      const onTrained = () => told({ type: 'trained', round })
      lastTraining = jobs.start(
        async () => {
          await before
          if (signal.aborted) return
          // Whoever holds the model has it by now, and its bytes.
          desk.fetched = undefined
          const { model, trainer } = whole.assignment.personalization
            ? await requirePersonal(needs).round({ task, model: whole, trainer: needs.trainer })
            : { model: whole, trainer: needs.trainer }
          if (signal.aborted) return
          const refines = invitation.manifest?.refines
          const guard = await guarding(invitation, model, desk)
          if (signal.aborted) return desk.session?.cancel()
          if (guard.kind === 'failed') {
            const { reason, detail } = guard
            return happen({ type: 'training-failed', round, reason, detail })
          }
          const work = { invitation, model, signal, guard }
          const made =
            refines === undefined
              ? await makeUpdate(
                  { ...needs, trainer },
                  {
                    ...work,
                    onProgress,
                    onTrained,
                    carried: desk.carried,
                    keep: (trained) => kept?.keep(trained),
                  },
                )
              : await (await loadProtection()).refineUpdate(needs, {
                  ...work,
                  deltaFrom: (...from) => kept?.deltaFrom(...from),
                })
          if (signal.aborted) return
          if (made.kind === 'failed') {
            if (made.cause !== undefined) told({ type: 'fault', during: 'train', error: made.cause })
            return happen({ type: 'training-failed', round, reason: made.reason, detail: made.detail })
          }
          const { sealed, variate } = made
          const update = { sealed, variate: variate && encodeVariate(variate) }
          // A secure session's secrets are in memory alone, and without them its vector is of no use.
          const isKept = guard.kind === 'sealed' && (await needs.pending?.keep(pending, update)) === true
          if (signal.aborted) return needs.pending?.forget(round)
          desk.made = update
          happen({ type: 'sealed', round, ...(isKept && { kept: true }) })
        },
        (error) => {
          if (signal.aborted) return
          told({ type: 'fault', during: 'train', error })
          happen({ type: 'training-failed', round, reason: 'training-error', detail: messageOf(error) })
        },
      )
    },

    hear(round, message) {
      const session = desks.get(round)?.session
      session?.hear(message)
      // A list that this client did not open the sum for has ended its session, and what was kept is gone.
      if (session && message.type === 'secagg-survivors') kept?.summed(round, message.survivors.length)
    },

    upload({ round }, session) {
      const desk = desks.get(round)
      const made = desk?.made
      if (!desk || !made) return
      const { signal } = desk.abort
      const { sealed, variate } = made
      void jobs.start(
        async () => {
          const update = { ...sealed, task, round, client: identity.clientId, session }
          const answer = await needs.bulk.upload(update, signal)
          // It counts whatever becomes of this desk, and what goes with it has to be kept before anything follows from it.
          if (answer.kind === 'received' && variate)
            await needs.variates
              .keep(round, variate)
              .catch((error: unknown) => told({ type: 'fault', during: 'upload', error }))
          if (signal.aborted) return
          if (answer.kind === 'received') happen({ type: 'acknowledged', round })
          else happen({ type: 'upload-stopped', round, problem: answer })
        },
        (error) => {
          if (signal.aborted) return
          told({ type: 'fault', during: 'upload', error })
          happen({ type: 'upload-stopped', round, problem: { kind: 'interrupted' } })
        },
      )
    },

    putBack(round, update) {
      desks.set(round, { ...newDesk(new AbortController()), made: update })
    },

    forgetUpdate(round) {
      const { pending } = needs
      if (pending)
        void jobs.start(
          () => pending.forget(round),
          (error) => told({ type: 'fault', during: 'forget-update', error }),
        )
    },

    drop(round) {
      const desk = desks.get(round)
      desks.delete(round)
      desk?.abort.abort(DROPPED)
      desk?.session?.cancel()
    },

    forget: () => kept?.forget(),

    model: (weights) =>
      [...desks.values()].map(({ fetched }) => fetched).find((fetched) => fetched?.model.digest === weights),
  }
}

const newDesk = (abort: AbortController): Desk => ({
  abort,
  fetched: undefined,
  carried: undefined,
  made: undefined,
  session: undefined,
})

/** Sealed and no more, and nobody asks for more. */
const isPlain = (
  { manifest }: Invitation,
  { assignment }: LoadedModel,
  privacy: PrivacyOptions | undefined,
): boolean => !manifest && !assignment.privacy && !privacy?.requireSecureAggregation && !privacy?.floors

const LOADED: Awaited<ReturnType<typeof loadCarried>> = { kind: 'loaded' }

/** One for all: a reason of its own would be made, with where it was made, at the end of every round. */
const DROPPED = abortReason('the round is over for this client')

const GONE = { kind: 'failed', reason: 'aborted', detail: 'the round ended' } as const
