/** A machine on which the coordinator runs: one process at a time, started again whenever it has ended. */
import {
  ConflictError,
  createCoordinator,
  type Files,
  LeaseLostError,
  type MemorySignals,
  newReplicaId,
} from '@tributary/coordinator'
import type { LiveEvent } from '@tributary/protocols/rest'
import type { Clock, SeededRandom } from '@tributary/protocols/runtime'
import type { Around } from './dealing.ts'
import type { Fate } from './fate.ts'
import type { Serving } from './faulty-bulk.ts'
import { faultyStore } from './faulty-storage.ts'
import { createLife, type Life } from './life.ts'
import { isPlanted, type Mischief } from './mischief.ts'
import type { Blobs, Store } from './ports.ts'
import type { Timeline } from './timeline.ts'
import type { Watched, Witness } from './witness.ts'
import type { WorldStorage } from './world-storage.ts'

/** Parts of a coordinator that a test breaks on purpose. They stand between the faults and what is watched. */
export type Breakage = {
  store?(store: Store, process: Process): Store
  models?(models: Blobs, process: Process): Blobs
  updates?(updates: Blobs, process: Process): Blobs
  files?(files: Files): Files
  clock?(clock: Clock): Clock
}
/** `later` begins what nobody waits for, and what the end of the process prevents. */
export type Process = Watched & {
  life: Life
  later(ms: number, work: () => Promise<void>): void
}

export type Host = {
  /** The process that answers, if one does. */
  serving(): Serving | undefined
  /** Starts a process. Where it ends, another is started a while after. */
  start(): void
  /** As a process does that is told to end: lines first, then the coordinator; nothing of it may tick on. */
  stopOrderly(): Promise<void>
  /** No process is started again. */
  retire(): void
  /** Processes that have been started. */
  starts(): number
}

export type HostNeeds = {
  /** What its part in the world's chance is called. */
  label(name: string): string
  steady: Clock
  wall: Clock
  timeline: Timeline
  storage: WorldStorage
  witness: Witness
  fate: Fate
  mischief(name: string): Mischief
  random: SeededRandom
  storageMs: number
  breakage: Breakage
  /** Hears what every process tells those who watch it; nobody watches without it. */
  watch: ((event: LiveEvent) => void) | undefined
  /** How this machine's processes speak to those on others; none where there are no others. */
  signals: MemorySignals | undefined
  /** Told of every fault of storage. */
  planted(what: string): void
  noted(what: string): void
}

export const createHost = (needs: HostNeeds): Host => {
  const { steady, wall, timeline, storage, witness, fate, mischief, random, breakage, noted } = needs
  /** Every coordinator over one storage has the same. */
  const ownKey = random.fork('own key').bytes(32)
  let starts = 0
  let serving: Serving | undefined
  let retired = false

  const start = () => {
    const number = starts++
    noted(needs.label(`process ${number} starts`))
    const life = createLife({ clock: wall, dies: fate.dies() })
    life.atEnd(() => {
      serving = undefined
      if (fate.powerCut()) {
        needs.planted('the power fails')
        storage.powerFails(fate.chance.random)
      }
      if (!retired) steady.wakeAt(steady.now() + fate.restartAfterMs(), () => retired || start())
    })
    const { planted, storageMs } = needs
    const around = (name: string): Around => ({
      life,
      clock: steady,
      storageMs,
      planted,
      mischief: mischief(needs.label(`${name} ${number}`)),
    })
    // A disk is asked more often, for less.
    storage.open({ ...around('disk'), storageMs: storageMs / 4 }, breakage.files ?? ((files) => files)).then(
      (opened) => {
        if (!life.over()) timeline.standStill(() => build(number, life, opened, around))
      },
      (error: unknown) => failedToStart(life, error),
    )
  }

  /** Building a coordinator takes real time: modules are loaded. */
  const build = async (
    number: number,
    life: Life,
    opened: Awaited<ReturnType<WorldStorage['open']>>,
    around: (name: string) => Around,
  ) => {
    const watched = witness.watch(opened)
    const process: Process = {
      ...watched,
      life,
      later: (ms, work) =>
        void steady.wakeAt(steady.now() + ms, () => {
          if (!life.over()) work().catch((error: unknown) => noted(`later: ${String(error)}`))
        }),
    }
    const models = breakage.models?.(watched.models, process) ?? watched.models
    const updates = breakage.updates?.(watched.updates, process) ?? watched.updates
    const chance = random.fork(needs.label(`coordinator ${number}`))
    const signals = needs.signals?.join()
    if (signals) life.atEnd(() => void signals.close())
    const coordinator = await createCoordinator({
      id: 'world',
      clock: breakage.clock?.(life.clock) ?? life.clock,
      random: chance,
      store: faultyStore(breakage.store?.(watched.store, process) ?? watched.store, around('store')),
      models: opened.faulty(models, 'models', around('models')),
      updates: opened.faulty(updates, 'updates', around('updates')),
      ownKey,
      shared: signals && { replica: newReplicaId(chance), signals, steady: life.by(steady) },
      observer: {
        fault(error, about) {
          noted(needs.label(`survived ${String(error)} ${JSON.stringify(about)}`))
          if (!life.over() && !isPlanted(error) && !(signals && isRivalry(error)))
            witness.report(`the coordinator met a fault that nobody planted: ${String(error)}`)
        },
        refusedMessage: (reason) => noted(`message refused: ${reason}`),
        refusedUpdate() {},
        refusedRound() {},
        driving() {},
        roundSaved() {},
      },
    })
    coordinator.start().then(
      () => {
        if (needs.watch) coordinator.live.watch({ hear: needs.watch, accessChanged() {} })
        if (!life.over()) serving = { life, coordinator, left: opened, strangers: new Set() }
      },
      (error: unknown) => failedToStart(life, error),
    )
  }

  /** Of several processes one is first, and one drives: the others are told, and try again where it matters. */
  const isRivalry = (error: unknown) => error instanceof LeaseLostError || error instanceof ConflictError

  const failedToStart = (life: Life, error: unknown) => {
    if (life.over()) return
    noted(`start failed: ${String(error)}`)
    if (!isPlanted(error)) witness.report(`the coordinator could not start: ${String(error)}`)
    life.end()
  }

  return {
    serving: () => serving,
    start,
    async stopOrderly() {
      const stopped = serving
      if (!stopped) return
      noted('the process is told to stop')
      serving = undefined
      stopped.life.hangUp()
      await stopped.coordinator.stop()
      // The ends of lines are heard a moment later.
      steady.wakeAt(steady.now() + 1, () => {
        if (stopped.life.over()) return
        if (stopped.life.armed() > 0)
          witness.report(`a coordinator that stopped has ${stopped.life.armed()} timers`)
        noted('the process has stopped')
        stopped.life.end()
      })
    },
    retire() {
      retired = true
    },
    starts: () => starts,
  }
}
