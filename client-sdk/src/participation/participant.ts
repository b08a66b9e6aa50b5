import { type Instant, type RoundId, type TaskId, unreachable } from '@tributary/protocols'
import {
  answerChallenge,
  decodeKeyText,
  type EnvelopePrimitives,
  encodeSignature,
  type Identity,
  type VerifySignature,
} from '@tributary/protocols/crypto'
import type { ClientMessage, CoordinatorMessage, Invitation } from '@tributary/protocols/messages'
import {
  type Cancel,
  type Channel,
  type Clock,
  type Random,
  systemRandom,
  uniform,
} from '@tributary/protocols/platform'
import { memoryParticipationStore } from '../adapters/memory-participation-store.ts'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { Kept } from '../kept/kept.ts'
import type { Bulk } from '../ports/bulk.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { PersonalTraining } from '../ports/personal-training.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Trainer } from '../training/trainer.ts'
import type { Pin } from '../trust/pin.ts'
import { createDesks } from './desks.ts'
import type { Effect } from './effect.ts'
import type { Decision, Happening } from './event.ts'
import { createJobs } from './jobs.ts'
import { createBlobLoader } from './load-blob.ts'
import type { LoadedModel } from './load-model.ts'
import type { ParticipantNotice } from './notice.ts'
import { reconnectDelayMs } from './pace.ts'
import { participate } from './participate.ts'
import type { PrivacyOptions } from './privacy-options.ts'
import { createShelf } from './shelf.ts'
import { idle, type Participation } from './state.ts'
import { createVariates } from './variates.ts'
import { wakeAt } from './wake-at.ts'

export type ParticipantNeeds = {
  task: TaskId
  identity: Identity
  /** A new line to the coordinator, on its way to being open. */
  connect(): ClientLine
  bulk: Bulk
  cache: ModelCache
  trainer: Trainer
  clock: Clock
  /** Jitter, and training seeds where nothing else gives them. */
  random: Random
  /** What the training of this round starts from, 0 to 2^32 − 1: the same in every run, where runs are compared. Left out, drawn. */
  trainingSeed?(round: RoundId): number
  /** Where envelopes' keys come from. Left out but in simulations: the platform's cryptographic source. */
  keyRandom?: Random
  /** What envelopes are sealed with: tweetnacl where left out. */
  primitives?: EnvelopePrimitives
  /** What the app insists on; left out, what the SDK has compiled in. */
  privacy?: PrivacyOptions
  /** Where it is written down how often this client has taken part; left out, in memory. */
  participations?: ParticipationStore
  /** Where this client's own vector lives, of tasks whose strategy has one; left out, in memory. */
  variates?: RecordStore
  /** What this client keeps on its device: the newest model, and an update on its way. Left out, both are gone with it. */
  kept?: Kept
  /** What tasks need in which something is each client's own; left out, rounds of such tasks fail. */
  personal?: PersonalTraining
  /** How signatures of other clients are verified in secure rounds: tweetnacl where left out. */
  verify?: VerifySignature
  /** Whether the app takes part in this round. The signal aborts when the answer no longer matters. */
  decide(invitation: Invitation, signal: AbortSignal): Decision | Promise<Decision>
  /** Hears what happens. It must not throw. */
  told(notice: ParticipantNotice): void
  /** Hears of every state, after the effects that led to it. It must not throw. */
  changed(state: Participation): void
}

export type ClientLine = Channel<ClientMessage, CoordinatorMessage>

/** Why a participant closes a line that does it no good. Without this word it only leaves. */
export const SPENT_LINE = 'this line is of no more use'

export type Participant = {
  state(): Participation
  /** The newest model that has been verified. */
  model(): LoadedModel | undefined
  /** Under a `pin`, what another coordinator says or what is not signed by this one is not trusted. */
  join(pin?: Pin): void
  /** Left for good, an update that is kept is not offered later, and its round is told that none will come. */
  leave(forGood?: 'for-good'): void
  /** Erases this client's own vector of the task, where its strategy has one. */
  erase(): Promise<void>
  /** Resolves when nothing that was started is still under way: no training, no transfer, no question to the app. */
  settled(): Promise<void>
}

/** Runs the machine: one event at a time, then its effects, then one timer for whatever time alone will bring. */
export const createParticipant = (needs: ParticipantNeeds): Participant => {
  const { task, identity, clock, random, told } = needs
  let state: Participation = idle()
  let line: ClientLine | undefined
  let pinned: Pin | undefined
  /** The id that the coordinator on the line has given. */
  let named = ''
  /** A join that still reads what is kept, or waits to try that again. */
  let joining: { again: Cancel } | undefined
  const jobs = createJobs()

  const waiting: Happening[] = []
  let busy = false
  /** How far time in here is ahead of the date, which may have been set back: what has been waited for comes all the same. */
  let ahead = 0
  const happen = (first: Happening): void => {
    waiting.push(first)
    if (busy) return
    busy = true
    try {
      for (let happening = waiting.shift(); happening; happening = waiting.shift()) {
        const step = participate(state, { ...happening, at: clock.now() + ahead, chance: uniform(random) })
        state = step.state
        for (const effect of step.effects) perform(effect)
        if (state.phase !== 'joined') desks.forget()
      }
    } finally {
      busy = false
    }
    setTimer()
    needs.changed(state)
  }

  let timer: { at: Instant; cancel: Cancel } | undefined
  const setTimer = (): void => {
    const at = wakeAt(state)
    if (timer?.at === at) return
    timer?.cancel()
    timer = undefined
    if (at === undefined) return
    const cancel = clock.wakeAt(at - ahead, () => {
      timer = undefined
      ahead = Math.max(ahead, Math.ceil(at - clock.now())) // a date has whole milliseconds: rounded down, it would be waited for for ever
      happen({ type: 'time-passed' })
    })
    timer = { at, cancel }
  }

  const loadBlob = createBlobLoader({
    ...needs,
    notCached: (error) => told({ type: 'fault', during: 'fetch-model', error }),
  })
  const keyRandom = needs.keyRandom ?? systemRandom()
  const participations = needs.participations ?? memoryParticipationStore()
  const variates = createVariates({ task, store: needs.variates ?? memoryRecordStore() })
  const desks = createDesks({
    ...needs,
    loadBlob,
    keyRandom,
    participations,
    variates,
    ...(needs.kept && { pending: needs.kept.pending }),
    coordinatorKey: () => pinned?.publicKey,
    happen,
    jobs,
  })
  const shelf = createShelf({
    loadBlob,
    told,
    happen,
    jobs,
    keep(source) {
      const { kept } = needs
      if (kept)
        void jobs.start(
          () => kept.newest.hold(source, pinned?.coordinator ?? named),
          (error) => told({ type: 'fault', during: 'hold', error }),
        )
    },
  })

  /** What was heard, and whether it is to be believed. */
  const heard = (message: CoordinatorMessage): Happening => {
    if (message.type === 'challenge') named = message.coordinator
    const names = message.type === 'invitation' || message.type === 'model-published'
    const untrusted = names ? pinned?.objectionTo(message, named) : undefined
    if (!names || untrusted === undefined) return { type: 'message', message }
    const { session: _, ...said } = message
    told({ type: 'untrusted', why: untrusted, coordinator: named, said })
    return { type: 'message', message, untrusted }
  }

  const perform = (effect: Effect) => {
    switch (effect.type) {
      case 'connect':
        return connect()
      case 'hang-up':
        return hangUp(effect.line)
      case 'authenticate': {
        const { coordinator, nonce, protocol } = effect
        told({ type: 'challenged', coordinator })
        const { clientId: client } = identity
        const signature = answerChallenge(identity, { coordinator, nonce: decodeKeyText(nonce) })
        return line?.send({ type: 'authenticate', client, protocol, signature: encodeSignature(signature) })
      }
      case 'send':
        return line?.send(effect.message)
      case 'ask':
        return desks.ask(effect.invitation)
      case 'fetch':
        return desks.fetch(effect.invitation, effect.session)
      case 'train':
        return desks.train(effect)
      case 'hear':
        return desks.hear(effect.round, effect.message)
      case 'upload':
        return desks.upload(effect.invitation, effect.session)
      case 'forget-update':
        return desks.forgetUpdate(effect.round)
      case 'drop':
        return desks.drop(effect.round)
      case 'fetch-model':
        return shelf.fetch(effect.published, effect.session)
      case 'abandon-model-fetch':
        return shelf.abandon()
      case 'hold':
        return shelf.hold(effect.weights, desks.model(effect.weights))
      case 'tell':
        return tell(effect.notice)
      default:
        return unreachable(effect)
    }
  }

  const tell = (notice: ParticipantNotice): void => {
    if (notice.type === 'round-ended' && notice.outcome.kind === 'abandoned') {
      const { round } = notice
      void jobs.start(
        () => variates.undo(round),
        (error) => told({ type: 'fault', during: 'upload', error }),
      )
    }
    told(notice)
  }

  const connect = (): void => {
    try {
      const opened = needs.connect()
      line = opened
      opened.listen({
        message: (message) => line === opened && happen(heard(message)),
        malformed: (detail) => line === opened && told({ type: 'malformed', detail }),
        closed() {
          if (line !== opened) return
          line = undefined
          happen({ type: 'line-closed' })
        },
      })
    } catch (error) {
      line = undefined
      told({ type: 'fault', during: 'connect', error })
      happen({ type: 'line-closed' })
    }
  }

  const hangUp = (why: 'left' | 'spent'): void => {
    const ended = line
    line = undefined
    ended?.close(why === 'spent' ? SPENT_LINE : undefined)
  }

  return {
    state: () => state,
    model: shelf.held,
    join(pin) {
      pinned = pin
      if (state.phase === 'joined') return
      const { kept } = needs
      const coordinator = pin?.coordinator === undefined ? {} : { coordinator: pin.coordinator }
      if (!kept) return happen({ type: 'join', task, ...coordinator })
      joining?.again()
      const mine = { again: () => {} }
      joining = mine
      const begin = (attempt: number): void =>
        void jobs.start(
          async () => {
            const { model, newest } = await kept.newest.restore(pin)
            const pending = await kept.pending.load(identity.clientId)
            if (joining !== mine) return
            if (model) shelf.putBack(model)
            if (pending) desks.putBack(pending.round.invitation.round, pending.update)
            happen({ type: 'join', task, ...coordinator, newest, ...(pending && { pending: pending.round }) })
          },
          (error) => {
            told({ type: 'fault', during: 'connect', error })
            if (joining !== mine) return
            // A page may be offline when it needs what it has not loaded yet.
            const waitMs = reconnectDelayMs(attempt, uniform(random))
            mine.again = clock.wakeAt(clock.now() + waitMs, () => begin(attempt + 1))
          },
        )
      begin(0)
    },
    leave(forGood) {
      joining?.again()
      joining = undefined
      happen({ type: 'leave', forGood })
    },
    erase: variates.erase,
    settled: jobs.settled,
  }
}
