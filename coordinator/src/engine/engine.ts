import type { ClientId, RoundId } from '@tributary/protocols'
import type { Cancel, Clock } from '@tributary/protocols/runtime'
import type { Change, Store } from '../ports/store.ts'
import type { RoundEffect } from '../round/event.ts'
import type { Member } from '../round/member.ts'
import type { RoundPolicy } from '../round/policy.ts'
import { resume } from '../round/resume.ts'
import { deadlineOf, type Round, type Selecting } from '../round/round.ts'
import { type Decision, transition } from '../round/transition.ts'
import { changesOf } from './changes.ts'
import { eventOf, type Happening } from './happening.ts'

export type Engine = {
  /** Saves the first state of a round together with `also`, and sets it going. */
  open(round: Selecting, also: readonly Change[]): Promise<void>
  /** One event for a round. Resolves when what it decided is saved; rejects, with nothing changed, when it cannot be. */
  dispatch(round: RoundId, happening: Happening): Promise<Decision>
  /** The round as last saved, and a member's row, from memory while the round is at work. */
  view(round: RoundId): Promise<Round | undefined>
  member(round: RoundId, client: ClientId): Promise<Member | undefined>
  /** Takes up every round that is open or owes something. */
  resume(): Promise<void>
  /** No timer or effect starts after this; resolves when those at work have ended. */
  stop(): Promise<void>
}

type Needs = {
  clock: Clock
  store: Store
  policyOf(round: Round): Promise<RoundPolicy>
  /** Carries one effect out; a result comes back through `dispatch`. Throwing means: try again later. */
  perform(effect: RoundEffect, round: Round): Promise<void>
  /** Called when a round's deadline has come. */
  deadline(round: Round): Promise<void>
  /** Called after every save of a round, its first included. */
  saved(round: Round): void
  /** Called once a round has settled and its runner is gone. */
  ended(round: Round): void
  /** A fault that the engine survives by trying again. */
  fault(error: unknown, about: { round: RoundId; during: string }): void
}

type Waiting = {
  happening: Happening
  resolve(decision: Decision): void
  reject(error: unknown): void
}

/** A round at work: its saved state, its members by id, what waits to be decided, and the effects still to perform. */
type Runner = {
  round: Round
  members: Map<ClientId, Member>
  policy: RoundPolicy
  queue: Waiting[]
  draining: boolean
  effects: RoundEffect[]
  performing: Promise<void> | undefined
  /** The round's timer: whether one is to ring, and how to cancel it. */
  waiting: boolean
  cancelTimer: Cancel
  /** Its deadline is not acted on before this instant. */
  notBefore: number
  /** Members that have accepted, to be saved with whatever is saved next, and when that is due at the latest. */
  unsaved: Map<ClientId, Member>
  cancelSave: Cancel
}

const RETRY_MS = 1_000
/** How long a deadline that passed while the process was down still waits. */
const RESUME_GRACE_MS = 15_000
/** Nothing is done because a client accepted, so that may wait this long for a save to travel with. */
const ACCEPTED_SAVED_MS = 250

/**
 * Law 2: decide → save → act. Each round has a queue; whatever has gathered in it is decided in one go, saved in one
 * commit, answered, and only then acted on. That a client accepted is acted on by nobody, and its save may wait. Effects of a round run one after the other, in the order decided.
 */
export const createEngine = (needs: Needs): Engine => {
  const { clock, store } = needs
  const runners = new Map<RoundId, Runner>()
  let stopped = false

  const start = (
    round: Round,
    members: Iterable<Member>,
    policy: RoundPolicy,
    { notBefore }: { notBefore: number },
  ): Runner => {
    const runner: Runner = {
      round,
      members: new Map(Array.from(members, (member) => [member.client, member])),
      policy,
      queue: [],
      draining: false,
      effects: [],
      performing: undefined,
      waiting: false,
      cancelTimer: () => {},
      notBefore,
      unsaved: new Map(),
      cancelSave: () => {},
    }
    arm(runner)
    return runner
  }

  /** Whoever watches must not be able to stop a round. */
  const tellSaved = (round: Round) => {
    try {
      needs.saved(round)
    } catch (error) {
      needs.fault(error, { round: round.id, during: 'telling' })
    }
  }

  const arm = (runner: Runner, notBefore = runner.notBefore) => {
    runner.cancelTimer()
    runner.waiting = false
    const at = deadlineOf(runner.round)
    if (at === undefined || stopped) return
    runner.waiting = true
    runner.cancelTimer = clock.wakeAt(Math.max(at, notBefore), () => {
      runner.waiting = false
      needs.deadline(runner.round).catch((error) => {
        needs.fault(error, { round: runner.round.id, during: 'deadline' })
        arm(runner, clock.now() + RETRY_MS)
      })
    })
  }

  /** The timer rang, and before its word was heard the clock was set back: the deadline is yet to come. */
  const isTooSoon = ({ waiting, round }: Runner): boolean =>
    !waiting && (deadlineOf(round) ?? -Infinity) > clock.now()

  const drain = async (runner: Runner) => {
    if (runner.draining) return
    runner.draining = true
    while (runner.queue.length > 0) await decideAndSave(runner, runner.queue.splice(0))
    runner.draining = false
  }

  const save = async (runner: Runner, round: Round, touched: ReadonlyMap<ClientId, Member>) => {
    const members = new Map([...runner.unsaved, ...touched])
    await store.commit(changesOf(runner.round, round, [...members.values()], clock.now()))
    runner.unsaved.clear()
    runner.cancelSave()
  }

  const saveLater = (runner: Runner, touched: ReadonlyMap<ClientId, Member>) => {
    if (runner.unsaved.size === 0)
      runner.cancelSave = clock.wakeAt(clock.now() + ACCEPTED_SAVED_MS, () => {
        if (stopped || runner.draining) return // a save is under way, or the client will say it again
        runner.draining = true
        save(runner, runner.round, new Map())
          .catch((error) => needs.fault(error, { round: runner.round.id, during: 'saving' }))
          .finally(() => {
            runner.draining = false
            void drain(runner)
          })
      })
    for (const [client, member] of touched) runner.unsaved.set(client, member)
  }

  const decideAndSave = async (runner: Runner, batch: Waiting[]) => {
    const before = runner.round
    const touched = new Map<ClientId, Member>()
    const effects: RoundEffect[] = []
    const decisions: Decision[] = []
    let round = before
    let canWait = true
    try {
      for (const { happening } of batch) {
        const about = 'client' in happening ? happening.client : undefined
        const member = about && (touched.get(about) ?? runner.members.get(about))
        const event = eventOf(happening, clock.now(), member)
        const decision: Decision = event
          ? transition(round, event, runner.policy)
          : { kind: 'refused', reason: 'not-invited' }
        decisions.push(decision)
        if (decision.kind !== 'changed') continue
        round = decision.round
        canWait &&= happening.type === 'accepted'
        for (const changed of decision.members) touched.set(changed.client, changed)
        effects.push(...decision.effects)
      }
      if (round !== before && canWait) saveLater(runner, touched)
      else if (round !== before) await save(runner, round, touched)
    } catch (error) {
      for (const { reject } of batch) reject(error)
      return
    }
    runner.round = round
    for (const [client, member] of touched) runner.members.set(client, member)
    runner.effects.push(...effects)
    if (round !== before || isTooSoon(runner)) arm(runner)
    if (round !== before) tellSaved(round)
    batch.forEach(({ resolve }, i) => {
      resolve(decisions[i] as Decision)
    })
    act(runner)
  }

  const act = (runner: Runner) => {
    runner.performing ??= performAll(runner).finally(() => {
      runner.performing = undefined
      if (runner.effects.length > 0 && !stopped) act(runner)
    })
  }

  const performAll = async (runner: Runner) => {
    for (let effect = runner.effects[0]; effect && !stopped; effect = runner.effects[0]) {
      try {
        await needs.perform(effect, runner.round)
        runner.effects.shift()
      } catch (error) {
        if (stopped) return // taken up at the next start
        needs.fault(error, { round: runner.round.id, during: effect.type })
        await pause(RETRY_MS)
      }
    }
    const { round } = runner
    const settled = (round.phase === 'completed' || round.phase === 'abandoned') && round.debts === 'settled'
    if (settled && !stopped && runners.delete(round.id)) needs.ended(round)
  }

  const pauses = new Set<() => void>()
  const pause = (ms: number) =>
    new Promise<void>((resolve) => {
      if (stopped) return resolve()
      const end = () => {
        cancel()
        pauses.delete(end)
        resolve()
      }
      const cancel = clock.wakeAt(clock.now() + ms, end)
      pauses.add(end)
    })

  return {
    async open(round, also) {
      const policy = await needs.policyOf(round)
      await store.commit([{ kind: 'insert-round', round }, ...also])
      if (stopped) return
      runners.set(round.id, start(round, [], policy, { notBefore: 0 }))
      tellSaved(round)
    },
    async dispatch(id, happening) {
      const runner = runners.get(id)
      if (!runner) return { kind: 'refused', reason: 'round-over' }
      if (stopped) throw new Error('the coordinator is shutting down')
      return new Promise<Decision>((resolve, reject) => {
        runner.queue.push({ happening, resolve, reject })
        void drain(runner)
      })
    },
    view: async (id) => runners.get(id)?.round ?? store.rounds.get(id),
    async member(id, client) {
      const runner = runners.get(id)
      return runner ? runner.members.get(client) : store.members.get(id, client)
    },
    async resume() {
      for (const round of await store.rounds.unsettled()) {
        // Clients find their way back first, and bring what they finished meanwhile.
        const notBefore = clock.now() + RESUME_GRACE_MS
        const members = await store.members.ofRound(round.id)
        const runner = start(round, members, await needs.policyOf(round), { notBefore })
        runners.set(round.id, runner)
        runner.effects.push(...resume(round))
        act(runner)
      }
    },
    async stop() {
      stopped = true
      for (const end of pauses) end()
      for (const runner of runners.values()) {
        runner.cancelTimer()
        runner.cancelSave()
        await runner.performing
      }
    },
  }
}
