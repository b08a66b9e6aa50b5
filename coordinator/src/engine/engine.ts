import { isDeepStrictEqual } from 'node:util'
import { type ClientId, type RoundId, type TaskId, taskOfRound } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { createRows, type Row, type ServerMeans } from '@tributary/protocols/secagg'
import { StoppingError } from '../faults/stopping.ts'
import { ConflictError, LeaseLostError } from '../faults/storage.ts'
import type { Change, Store } from '../ports/store.ts'
import { hasEveryone } from '../round/buffering.ts'
import type { Decision } from '../round/decision.ts'
import type { RoundEffect } from '../round/event.ts'
import type { Member } from '../round/member.ts'
import type { RoundPolicy } from '../round/policy.ts'
import { resume } from '../round/resume.ts'
import { deadlineOf, hasSession, isSettled, type Round, type Selecting, stepOf } from '../round/round.ts'
import { changesOf } from './changes.ts'
import { type Decided, decide } from './decide.ts'
import { type Happening, type Outcome, outcomeOf } from './happening.ts'
import { createPauses } from './pauses.ts'
import { type InSession, readSession } from './read-session.ts'
import { type Beginning, newRunner, type Runner, type Waiting } from './runner.ts'
import type { RoundChange } from './saved-round.ts'

export type Engine = {
  /** Saves the first state of a round together with `also`, and sets it going. */
  open(round: Selecting, also: readonly Change[]): Promise<void>
  /**
   * One event for a round. Resolves when what it decided is saved; rejects, with nothing changed, when it cannot be.
   * Rejects with `LeaseLostError` where another process drives the round's task.
   */
  dispatch(round: RoundId, happening: Happening): Promise<Outcome>
  /** The round as last saved, and a member's row, from memory while the round is at work. */
  view(round: RoundId): Promise<Round | undefined>
  member(round: RoundId, client: ClientId): Promise<Member | undefined>
  /** A round in its session, with the rows of that very moment; `undefined` where it has none any more. */
  session(round: RoundId): Promise<InSession | undefined>
  /** Rounds that this process has at work. */
  atWork(): Round[]
  /** Takes up every round that is open or owes something, of the tasks that this process drives. */
  resume(): Promise<void>
  /** How much of what happened to rounds waits to be decided or saved. */
  backlog(): number
  /** Lets go of a task's rounds in the middle of whatever they are at: another process drives them. */
  release(task: TaskId): void
  /** No timer or effect starts after this; resolves when those at work have ended. */
  stop(): Promise<void>
}

type Needs = {
  clock: Clock
  store: Store
  policyOf(round: Round): Promise<RoundPolicy>
  /** What sessions of secure rounds are decided with. */
  means: ServerMeans
  /**
   * What every save of the task's rounds has to bear, so that it is refused once another process drives them: nothing
   * where the tables are not shared. `undefined` where this process does not drive them.
   */
  fence(task: TaskId): readonly Change[] | undefined
  /** A save was refused: another process drives the task. */
  lost(task: TaskId): void
  /** Carries one effect out; a result comes back through `dispatch`. Throwing means: try again later. */
  perform(effect: RoundEffect, round: Round): Promise<void>
  /** Called when a round's deadline has come. */
  deadline(round: Round): Promise<void>
  /** Called after every save of a round, its first included. */
  saved(round: Round, change: RoundChange): void
  /** Called once a round has settled and its runner is gone. */
  ended(round: Round): void
  /** A fault that the engine survives by trying again. */
  fault(error: unknown, about: { round: RoundId; during: string }): void
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
  /** Rounds that are being taken up or opened, so that none is twice. */
  const arriving = new Map<RoundId, Promise<Runner | undefined>>()
  /** The last saves of runners that were let go of: under the same lease they may still be made. */
  const leaving = new Map<RoundId, Promise<void>>()
  const { pause, end: endPauses } = createPauses(clock)
  let stopped = false

  const start = (beginning: Beginning): Runner => {
    const runner = newRunner(beginning)
    runners.set(runner.round.id, runner)
    arm(runner)
    return runner
  }

  const arrive = (id: RoundId, arrival: Promise<Runner | undefined>): Promise<Runner | undefined> => {
    const tracked = arrival.finally(() => {
      if (arriving.get(id) === tracked) arriving.delete(id)
    })
    arriving.set(id, tracked)
    return tracked
  }

  /** The round's runner; made from the tables where the round goes on and this process is to drive it. */
  const runnerOf = async (id: RoundId): Promise<Runner | undefined> => {
    for (let under = arriving.get(id); under && !runners.has(id); under = arriving.get(id))
      await under.catch(() => {}) // what became of it is in the tables
    return runners.get(id) ?? arrive(id, takeUp(id))
  }

  /** The fence comes first: what is read behind it, nobody else can change. */
  const takeUp = async (id: RoundId): Promise<Runner | undefined> => {
    const fence = needs.fence(taskOfRound(id))
    if (!fence) throw new LeaseLostError(taskOfRound(id))
    await leaving.get(id)
    const round = await store.rounds.get(id)
    if (!round || isSettled(round)) return undefined
    const members = await store.members.ofRound(id)
    const rows = await rowsOf(round)
    const policy = await needs.policyOf(round)
    const there = runners.get(id)
    if (there || stopped) return there
    if (!stillBears(taskOfRound(id), fence)) throw new LeaseLostError(taskOfRound(id))
    // Clients find their way back first, and bring what they finished meanwhile.
    const notBefore = clock.now() + RESUME_GRACE_MS
    const runner = start({ round, fence, members, policy, rows, notBefore })
    runner.effects.push(...resume(round))
    act(runner)
    return runner
  }

  /** The round's runner, where what it knows is the newest: once the lease has run out, another may have saved more. */
  const driven = (id: RoundId) => (needs.fence(taskOfRound(id)) ? runners.get(id) : undefined)

  /** A round that another process has come to drive is that one's to take up. */
  const unlessLost = (error: unknown) => {
    if (!(error instanceof LeaseLostError)) throw error
  }

  /** Whether the task has been driven here all the while since its saves had to bear this. */
  const stillBears = (task: TaskId, fence: readonly Change[] | undefined): fence is readonly Change[] =>
    fence !== undefined && isDeepStrictEqual(needs.fence(task), fence)

  const letGo = (runner: Runner, why: Error) => {
    runner.gone = true
    runner.cancelTimer()
    runner.cancelSave()
    for (const { reject } of runner.queue.splice(0)) reject(why)
    const { id } = runner.round
    const saved = Promise.allSettled([leaving.get(id), runner.saving]).then(() => {
      if (leaving.get(id) === saved) leaving.delete(id)
    })
    leaving.set(id, saved)
    if (runners.get(id) === runner) runners.delete(id)
  }

  /** What another process drives is none of this one's. */
  const mayBeLost = (runner: Runner, error: unknown) => {
    if (!(error instanceof LeaseLostError) || runner.gone) return
    letGo(runner, error)
    needs.lost(runner.round.task)
  }

  /** Whoever watches must not be able to stop a round. */
  const tellSaved = (round: Round, change: RoundChange) => {
    try {
      needs.saved(round, change)
    } catch (error) {
      needs.fault(error, { round: round.id, during: 'telling' })
    }
  }

  const arm = (runner: Runner, notBefore = runner.notBefore) => {
    runner.cancelTimer()
    runner.waiting = false
    const at = deadlineOf(runner.round)
    if (at === undefined || stopped || runner.gone) return
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

  const rowsOf = async (round: Round): Promise<Row[]> =>
    hasSession(round) ? store.sessions.ofRound(round.id) : []

  const save = async (
    runner: Runner,
    round: Round,
    touched: ReadonlyMap<ClientId, Member>,
    also: readonly Change[] = [],
  ) => {
    const members = new Map([...runner.unsaved, ...touched])
    runner.doubtful = true
    runner.saving = store.commit([
      ...runner.fence,
      ...also,
      ...changesOf(runner.round, round, [...members.values()], clock.now()),
    ])
    await runner.saving
    runner.doubtful = false
    runner.unsaved.clear()
    runner.cancelSave()
  }

  /** What the tables say holds, whatever was answered when it was saved; and then what it owes (law 4). */
  const readAgain = async (runner: Runner) => {
    const before = runner.round
    const { id } = before
    const round = await store.rounds.get(id)
    const members = await store.members.ofRound(id)
    if (!round) throw new Error(`round ${id} is not in the tables`)
    const rows = await rowsOf(round)
    const { members: known, policy } = runner
    const change = { before, members: changedAmong(known, members), policy }
    runner.round = round
    runner.members = new Map(members.map((member) => [member.client, member]))
    runner.rows = createRows(rows)
    runner.unsaved.clear()
    runner.cancelSave()
    runner.doubtful = false
    if (stepOf(round) === stepOf(before)) return
    runner.effects.push(...resume(round))
    arm(runner)
    tellSaved(round, change)
  }

  const saveLater = (runner: Runner, touched: ReadonlyMap<ClientId, Member>) => {
    // A batch that was at work when the engine was stopped arms nothing: the client will say it again.
    if (runner.unsaved.size === 0 && !stopped)
      runner.cancelSave = clock.wakeAt(clock.now() + ACCEPTED_SAVED_MS, () => {
        // A save is under way, or the client will say it again.
        if (stopped || runner.gone || runner.draining || runner.doubtful) return
        runner.draining = true
        save(runner, runner.round, new Map())
          .catch((error: unknown) => {
            needs.fault(error, { round: runner.round.id, during: 'saving' })
            mayBeLost(runner, error)
          })
          .finally(() => {
            runner.draining = false
            void drain(runner)
          })
      })
    for (const [client, member] of touched) runner.unsaved.set(client, member)
  }

  /** A buffered round waits for every client that is enrolled, and they are enrolled while it goes on. */
  const countAgain = async (runner: Runner) => {
    const { round, policy } = runner
    const { buffer } = policy
    if (round.phase === 'training' && buffer && hasEveryone(round, { buffer }))
      runner.policy = await needs.policyOf(round)
  }

  const decideAndSave = async (runner: Runner, batch: Waiting[]) => {
    let before: Round
    let decided: Decided
    try {
      if (runner.doubtful) await readAgain(runner)
      await countAgain(runner)
      // What is read after this, by whoever takes the round up, must not be behind a save that is still to come.
      if (runner.gone) throw new LeaseLostError(runner.round.task)
      before = runner.round
      decided = decide(runner, batch, { now: clock.now, means: needs.means })
      const { round, touched, also, canWait, rows } = decided
      const kept = rows.map((row): Change => ({ kind: 'insert-session-row', round: round.id, row }))
      if (round !== before && canWait) saveLater(runner, touched)
      else if (round !== before) await save(runner, round, touched, [...also, ...kept])
    } catch (error) {
      mayBeLost(runner, error)
      for (const { reject } of batch) reject(error)
      return
    }
    const { round, touched, effects, decisions, rows } = decided
    const change = { before, members: changedAmong(runner.members, touched.values()), policy: runner.policy }
    runner.round = round
    for (const row of rows) runner.rows.keep(row)
    for (const [client, member] of touched) runner.members.set(client, member)
    runner.effects.push(...effects)
    if (round !== before || isTooSoon(runner)) arm(runner)
    if (round !== before) tellSaved(round, change)
    batch.forEach(({ resolve }, i) => {
      resolve(outcomeOf(decisions[i] as Decision))
    })
    act(runner)
  }

  const act = (runner: Runner) => {
    runner.performing ??= performAll(runner).finally(() => {
      runner.performing = undefined
      if (runner.effects.length > 0 && !stopped && !runner.gone) act(runner)
    })
  }

  const performAll = async (runner: Runner) => {
    const over = () => stopped || runner.gone
    for (let effect = runner.effects[0]; effect && !over(); effect = runner.effects[0]) {
      try {
        await needs.perform(effect, runner.round)
        runner.effects.shift()
      } catch (error) {
        if (over()) return // taken up at the next start, or by another process
        needs.fault(error, { round: runner.round.id, during: effect.type })
        await pause(RETRY_MS)
      }
    }
    const { round } = runner
    if (isSettled(round) && !over() && runners.delete(round.id)) needs.ended(round)
  }

  /** Rounds that are soon to be looked for. */
  const due = new Set<RoundId>()

  /** A first save that failed may have been made all the same: the round is taken up once the tables say so. */
  const findOut = async (id: RoundId): Promise<void> => {
    due.add(id)
    await pause(RETRY_MS)
    due.delete(id)
    if (stopped || !needs.fence(taskOfRound(id))) return
    try {
      await runnerOf(id)
    } catch (error) {
      needs.fault(error, { round: id, during: 'opening' })
      await findOut(id)
    }
  }

  return {
    async open(round, also) {
      const policy = await needs.policyOf(round)
      const fence = needs.fence(round.task)
      const saved = store.commit([{ kind: 'insert-round', round }, ...also])
      const began = async () => {
        await saved
        // Where another drove it meanwhile, it has been elsewhere since: it is taken up from the tables.
        if (stopped || !stillBears(round.task, fence)) return undefined
        return runners.get(round.id) ?? start({ round, fence, members: [], policy, notBefore: 0 })
      }
      try {
        await arrive(round.id, began())
      } catch (error) {
        if (!(error instanceof ConflictError) && !due.has(round.id)) void findOut(round.id)
        throw error
      }
      tellSaved(round, { before: undefined, members: [], policy })
    },
    async dispatch(id, happening) {
      if (stopped) throw new StoppingError()
      const runner = runners.get(id) ?? (await runnerOf(id))
      if (!runner) return { kind: 'refused', reason: 'round-over' }
      if (runner.gone) throw new LeaseLostError(runner.round.task)
      return new Promise<Outcome>((resolve, reject) => {
        runner.queue.push({ happening, resolve, reject })
        void drain(runner)
      })
    },
    view: async (id) => driven(id)?.round ?? store.rounds.get(id),
    async member(id, client) {
      const runner = driven(id)
      return runner ? runner.members.get(client) : store.members.get(id, client)
    },
    async session(id) {
      const runner = driven(id)
      if (!runner) return readSession({ get: store.rounds.get, rows: store.sessions.ofRound }, id)
      return hasSession(runner.round) ? { round: runner.round, rows: runner.rows } : undefined
    },
    atWork: () => Array.from(runners.values(), ({ round }) => round),
    async resume() {
      for (const { id, task } of await store.rounds.unsettled())
        if (needs.fence(task)) await runnerOf(id).catch(unlessLost)
    },
    backlog: () =>
      [...runners.values()].reduce((sum, { queue, draining }) => sum + queue.length + (draining ? 1 : 0), 0),
    release(task) {
      for (const runner of [...runners.values()])
        if (runner.round.task === task) letGo(runner, new LeaseLostError(task))
    },
    async stop() {
      stopped = true
      endPauses()
      for (const runner of runners.values()) {
        runner.cancelTimer()
        runner.cancelSave()
        await runner.performing
      }
    },
  }
}

const changedAmong = (
  known: ReadonlyMap<ClientId, Member>,
  members: Iterable<Member>,
): RoundChange['members'] =>
  Array.from(members, (member) => ({ was: known.get(member.client)?.status, member })).filter(
    ({ was, member }) => was !== member.status,
  )
