import { type RoundId, taskOfRound } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Engine } from '../engine/engine.ts'
import type { Outcome } from '../engine/happening.ts'
import { StoppingError } from '../faults/stopping.ts'
import { LeaseLostError, StorageError } from '../faults/storage.ts'
import type { Driving } from './driving.ts'
import type { FarHappening, FarOutcome, ReplicaId, Signal } from './signal.ts'

type Ask = Extract<Signal, { type: 'ask' }>
type Answer = Extract<Signal, { type: 'answer' }>

/** What happens to a round is decided where its task is driven, wherever it is heard of. */
export type Forward = {
  /**
   * Decided here, or by whoever drives the round. Resolves as `Engine.dispatch` does. Throws `StorageError` where it
   * could not be saved, `LeaseLostError` where nobody has been found to decide it for 20 seconds, and `StoppingError`.
   */
  dispatch(round: RoundId, happening: FarHappening): Promise<Outcome>
  hear(signal: Ask | Answer, from: ReplicaId): void
  /** Whoever still waits is told that nobody decided. */
  stop(): void
}

type Needs = {
  replica: ReplicaId
  clock: Clock
  fence: Driving['fence']
  engine: Pick<Engine, 'dispatch'>
  tell(signal: Ask | Answer): void
}

const ASK_AGAIN_MS = 1_000
/** Longer than a lease: whoever takes over from a driver that died answers in time. */
const PATIENCE_MS = 20_000
const LOST_PAUSE_MS = 100

export const createForward = ({ replica, clock, fence, engine, tell }: Needs): Forward => {
  const asked = new Map<number, (outcome: FarOutcome) => void>()
  /** Asks at work here: one that is repeated meanwhile is answered once. */
  const inHand = new Set<string>()
  const waits = new Set<() => void>()
  let number = 0
  let stopped = false

  const decideHere = async (round: RoundId, happening: FarHappening): Promise<Outcome | undefined> => {
    try {
      return await engine.dispatch(round, happening)
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error
      await wait(LOST_PAUSE_MS, () => {})
      return undefined
    }
  }

  const askOthers = async (ask: Ask): Promise<Outcome | undefined> => {
    tell(ask)
    const answer = await new Promise<FarOutcome | undefined>((resolve) => {
      const ended = wait(ASK_AGAIN_MS, (end) =>
        asked.set(ask.ask, (outcome) => {
          resolve(outcome)
          end()
        }),
      )
      void ended.then(() => resolve(undefined))
    })
    asked.delete(ask.ask)
    if (answer?.kind === 'fault') throw new StorageError(answer.detail, { full: answer.full })
    return answer
  }

  /** Until the time has come, or `end` is called. */
  const wait = (ms: number, ready: (end: () => void) => void) =>
    new Promise<void>((resolve) => {
      const end = () => {
        cancel()
        waits.delete(end)
        resolve()
      }
      const cancel = clock.wakeAt(clock.now() + ms, end)
      waits.add(end)
      ready(end)
    })

  const answer = async ({ ask, round, happening }: Ask, to: ReplicaId) => {
    const key = `${to} ${ask}`
    if (!fence(taskOfRound(round)) || inHand.has(key)) return
    inHand.add(key)
    try {
      tell({ type: 'answer', to, ask, outcome: await engine.dispatch(round, happening) })
    } catch (error) {
      // Whoever takes the task over is asked again.
      if (error instanceof LeaseLostError || error instanceof StoppingError) return
      const detail = error instanceof Error ? error.message : String(error)
      const full = error instanceof StorageError && error.full
      tell({ type: 'answer', to, ask, outcome: { kind: 'fault', full, detail } })
    } finally {
      inHand.delete(key)
    }
  }

  return {
    async dispatch(round, happening) {
      const ask: Ask = { type: 'ask', ask: ++number, round, happening }
      const giveUpAt = clock.now() + PATIENCE_MS
      const task = taskOfRound(round)
      while (!stopped && clock.now() < giveUpAt) {
        const outcome = fence(task) ? await decideHere(round, happening) : await askOthers(ask)
        if (outcome) return outcome
      }
      throw stopped ? new StoppingError() : new LeaseLostError(task)
    },
    hear(signal, from) {
      if (signal.type === 'ask') void answer(signal, from)
      else if (signal.to === replica) asked.get(signal.ask)?.(signal.outcome)
    },
    stop() {
      stopped = true
      for (const end of waits) end()
    },
  }
}
