/**
 * One world from one seed: the production coordinator and the SDK's own participants on a virtual clock, over storage
 * and networks that fail, with processes that are killed and started again; then calm, in which the wanted rounds must
 * complete; then the end, of which nothing may be left.
 */
import {
  type Coordinator,
  createCoordinator,
  isRefusal,
  memoryBlobs,
  openSqliteStore,
  verifyAudit,
} from '@tributary/coordinator'
import {
  encodePublicKey,
  encodeSignature,
  identityFromSeed,
  proveEnrolment,
} from '@tributary/protocols/crypto'
import { type Clock, virtualClock } from '@tributary/protocols/runtime'
import { nodeSigner } from '../fleet/native-signer.ts'
import { chanceOf, seededChance } from './chance.ts'
import { createDevice, type Device } from './device.ts'
import type { Serving, Upload } from './faulty-bulk.ts'
import { faultyBlobs, faultyStore } from './faulty-storage.ts'
import { jumpingClock } from './jumping-clock.ts'
import { createLife, type Life } from './life.ts'
import { isPlanted, mischiefOf } from './mischief.ts'
import type { Blobs, Store } from './ports.ts'
import { createWitness, Violation, type Witness } from './witness.ts'
import { planWorld } from './world-plan.ts'

export type WorldReport = {
  seed: number
  /** Times that the clock moved on to something that happened. */
  events: number
  rounds: { completed: number; abandoned: number }
  restarts: number
  violation: Violation | undefined
}

/** Parts of a coordinator that a test breaks on purpose. They stand between the faults and what is watched. */
export type Breakage = {
  store?(store: Store, process: Process): Store
  updates?(updates: Blobs, process: Process): Blobs
  clock?(clock: Clock): Clock
}
/** `later` begins what nobody waits for, and what the end of the process prevents. */
export type Process = { life: Life; later(ms: number, work: () => Promise<void>): void; witness: Witness }

/** 2026-01-01T00:00:00Z. */
const EPOCH_MS = 1_767_225_600_000
/** Once nothing goes wrong any more, the wanted rounds take no longer than this. */
const CALM_MS = 2 * 3_600_000

export const runWorld = async (
  seed: number,
  { trace, breakage = {} }: { trace?(line: string): void; breakage?: Breakage } = {},
): Promise<WorldReport> => {
  const chance = seededChance(`world ${seed}`)
  const plan = planWorld(chanceOf(chance.random.fork('plan')))
  const steady = virtualClock(EPOCH_MS)
  const wall = jumpingClock(steady)
  const noted = (what: string) =>
    trace?.(`${((steady.now() - EPOCH_MS) / 1_000).toFixed(3).padStart(9)} ${what}`)
  let troubleUntil = 0
  const active = () => steady.now() < troubleUntil
  const mischief = (name: string) => mischiefOf(chanceOf(chance.random.fork(name)), plan.rates, active)

  const store = await openSqliteStore({ path: ':memory:' })
  const beneath = { store, models: memoryBlobs({ clock: wall }), updates: memoryBlobs({ clock: wall }) }
  const witness = createWitness(beneath, plan, noted)
  let events = 0
  let restarts = 0
  /** Faults of storage so far. */
  let faults = 0
  let kills = plan.kills
  let jumps = plan.jumps
  let serving: Serving | undefined
  const fate = chanceOf(chance.random.fork('fate'))
  const ownKey = chance.random.fork('own key').bytes(32)

  /** Lets things happen until `done`; false when time is up or nothing is left to happen. */
  const runUntil = async (done: () => boolean, latest: number): Promise<boolean> => {
    for (;;) {
      await quiet()
      const problem = witness.problem()
      if (problem) throw problem
      if (done()) return true
      if ((steady.nextAt() ?? Infinity) > latest || !steady.step()) return false
      events++
    }
  }
  const settle = async <T>(work: Promise<T>, what: string): Promise<T> => {
    let outcome: { is: 'value'; value: T } | { is: 'error'; error: unknown } | undefined
    work.then(
      (value) => {
        outcome = { is: 'value', value }
      },
      (error: unknown) => {
        outcome = { is: 'error', error }
      },
    )
    if (!(await runUntil(() => outcome !== undefined, steady.now() + CALM_MS)))
      throw new Violation(`${what} never came to an end`)
    if (outcome?.is === 'value') return outcome.value
    throw outcome?.error
  }

  const startProcess = async (): Promise<void> => {
    const number = restarts
    const dealings = kills > 0 ? fate.whole(1, 2 * plan.killWithin) : Infinity
    let dealt = 0
    const life = createLife({
      clock: wall,
      dies(where) {
        if (!active()) return false
        // The clock may be set in the middle of anything, too.
        if (jumps > 0 && fate.happens(0.01)) jump()
        if (++dealt < dealings || kills === 0) return false
        kills--
        noted(`KILLED ${where}`)
        return true
      },
    })
    const process: Process = {
      life,
      witness,
      later: (ms, work) =>
        void steady.wakeAt(steady.now() + ms, () => {
          if (!life.over()) work().catch((error: unknown) => noted(`later: ${String(error)}`))
        }),
    }
    const storage = { life, clock: steady, storageMs: plan.storageMs, noted, planted: () => faults++ }
    const around = (name: string) => ({ ...storage, mischief: mischief(`${name} ${number}`) })
    const coordinator = await createCoordinator({
      id: 'world',
      clock: breakage.clock?.(life.clock) ?? life.clock,
      random: chance.random.fork(`coordinator ${number}`),
      store: faultyStore(breakage.store?.(witness.store, process) ?? witness.store, around('store')),
      models: faultyBlobs(witness.models, 'models', around('models')),
      updates: faultyBlobs(
        breakage.updates?.(witness.updates, process) ?? witness.updates,
        'updates',
        around('updates'),
      ),
      ownKey,
      observer: {
        fault(error, about) {
          noted(`survived ${String(error)} ${JSON.stringify(about)}`)
          if (!life.over() && !isPlanted(error))
            witness.report(`the coordinator met a fault that nobody planted: ${String(error)}`)
        },
        refusedMessage: (reason) => noted(`message refused: ${reason}`),
        refusedUpdate() {},
        roundSaved() {},
      },
    })
    noted(`process ${number} starts`)
    life.atEnd(() => {
      serving = undefined
      restartAfter(fate.between(100, fate.pick([2_000, 90_000])))
    })
    coordinator.start().then(
      () => {
        if (!life.over()) serving = { life, coordinator }
      },
      (error: unknown) => {
        if (life.over()) return
        noted(`start failed: ${String(error)}`)
        if (!isPlanted(error)) witness.report(`the coordinator could not start: ${String(error)}`)
        life.end()
      },
    )
    restarts++
  }
  const restartAfter = (ms: number) => {
    if (ended) return
    steady.wakeAt(steady.now() + ms, () => {
      startRequested = true
    })
  }
  let ended = false
  let startRequested = false
  /** Building a coordinator takes real time and no virtual time: the clock stands while it is done. */
  const happenUntil = async (done: () => boolean, latest: number): Promise<boolean> => {
    for (;;) {
      const reached = await runUntil(() => startRequested || done(), latest)
      if (!startRequested) return reached
      startRequested = false
      await startProcess()
    }
  }

  try {
    await startProcess()
    await happenUntil(() => serving !== undefined, steady.now() + CALM_MS)
    const devices = await populate()
    for (const device of devices) device.start()
    troubleUntil = steady.now() + plan.troubleMs
    noted(`TROUBLE ${JSON.stringify(plan)}`)
    scheduleTrouble(devices)
    await happenUntil(() => !active(), troubleUntil)
    troubleUntil = 0
    noted('CALM')
    for (const device of devices) device.settleDown()
    const done = () => witness.finished() && witness.settled() && serving !== undefined
    const operator = plan.file.schedule.kind === 'manual' ? triggering() : undefined
    if (!(await happenUntil(done, steady.now() + CALM_MS)))
      throw new Violation('the wanted rounds did not complete')
    operator?.()
    await end(devices)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    noted(`VIOLATION ${error.message}`)
    witness.report(error.message)
  } finally {
    ended = true
    serving?.life.end()
    await store.close()
  }
  const phases = [...witness.rounds.values()].map(({ phase }) => phase)
  return {
    seed,
    events,
    restarts: restarts - 1,
    rounds: {
      completed: phases.filter((phase) => phase === 'completed').length,
      abandoned: phases.filter((phase) => phase === 'abandoned').length,
    },
    violation: witness.problem(),
  }

  function server(): Coordinator {
    if (!serving) throw new Error('no coordinator serves')
    return serving.coordinator
  }

  async function populate(): Promise<Device[]> {
    const { clients, tasks } = server().services
    const captured: Upload[] = []
    const devices: Device[] = []
    for (let i = 0; i < plan.clients; i++) {
      const identity = identityFromSeed(chance.random.fork(`identity ${i}`).bytes(32), nodeSigner)
      const invited = await settle(
        clients.invite({ name: 'world', uses: 1, expiresAt: wall.now() + 3_600_000 }, ADMIN),
        'inviting',
      )
      if (isRefusal(invited)) throw new Error(invited.detail)
      const enrolled = await settle(
        clients.enrol({
          token: invited.secret,
          publicKey: encodePublicKey(identity.publicKey),
          proof: encodeSignature(proveEnrolment(identity, invited.secret)),
        }),
        'enrolling',
      )
      if (isRefusal(enrolled)) throw new Error(enrolled.detail)
      devices.push(
        createDevice({
          identity,
          clock: steady,
          mischief: mischief(`device ${i}`),
          witness,
          plan,
          serving: () => serving,
          captured,
          noted,
        }),
      )
    }
    const created = await settle(tasks.create(plan.file, ADMIN), 'creating the task')
    if (isRefusal(created)) throw new Error(created.detail)
    return devices
  }

  function scheduleTrouble(devices: readonly Device[]) {
    const until = troubleUntil
    const within = () => steady.now() + fate.between(0, until - steady.now())
    for (let i = 0; i < plan.stops; i++) steady.wakeAt(within(), () => void stopOrderly())
    const kind = mischief('unrest')
    const unrest = () => {
      if (!active()) return
      for (const device of devices) {
        if (kind.happens('clientCrashes')) {
          device.crash()
          steady.wakeAt(steady.now() + fate.between(100, 60_000), () => active() && device.start())
        }
        if (kind.happens('clientRejoins')) device.start()
      }
      if (kind.happens('operatorAbandons')) abandonOpen()
      if (plan.file.schedule.kind === 'manual') trigger()
      steady.wakeAt(steady.now() + 2_000, unrest)
    }
    unrest()
  }

  function jump() {
    jumps--
    const ms = fate.between(-600_000, 600_000) / fate.pick([1, 100])
    noted(`the clock jumps ${(ms / 1_000).toFixed(1)} s`)
    wall.jump(ms)
  }

  /** As a process does that is told to end: lines first, then the coordinator; nothing of it may tick on. */
  async function stopOrderly() {
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
  }

  function abandonOpen() {
    const open = [...witness.rounds.values()].at(-1)
    if (!open || !serving) return
    const { life, coordinator } = serving
    noted(`an operator abandons ${open.id}`)
    coordinator.services.rounds.abandon(open.task, open.id, 'enough of it', ADMIN).catch((error: unknown) => {
      if (!life.over() && !isPlanted(error)) witness.report(`abandoning met ${String(error)}`)
    })
  }

  function trigger() {
    if (!serving || witness.finished()) return
    const { life, coordinator } = serving
    coordinator.services.rounds.trigger(plan.file.id, ADMIN).catch((error: unknown) => {
      if (!life.over() && !isPlanted(error)) witness.report(`triggering met ${String(error)}`)
    })
  }

  /** An operator who begins a round whenever none runs. */
  function triggering(): () => void {
    let stopped = false
    const again = () => {
      if (stopped) return
      trigger()
      steady.wakeAt(steady.now() + 10_000, again)
    }
    again()
    return () => {
      stopped = true
    }
  }

  async function end(devices: readonly Device[]) {
    noted('END')
    await settle(Promise.all(devices.map((device) => device.leave())), 'the clients leaving')
    for (const device of devices)
      if (device.armed() > 0) witness.report(`a client that left has ${device.armed()} timers`)
    // Transfers that a network still holds arrive, and find the round over.
    await happenUntil(() => false, steady.now() + 3_600_000)
    const last = serving
    if (!last) throw new Violation('no coordinator serves at the end')
    ended = true
    await settle(last.coordinator.stop(), 'stopping')
    if (last.life.armed() > 0) witness.report(`a coordinator that stopped has ${last.life.armed()} timers`)
    last.life.end()
    if (faults > 0) {
      // A fault between keeping an update and counting it may leave the update behind: noise without its round's key,
      // and gone at the next start. Where no fault was, nothing may be left to sweep.
      await startProcess()
      await happenUntil(() => serving !== undefined, steady.now() + CALM_MS)
      await settle(server().stop(), 'stopping')
    }
    await witness.atTheEnd()
    const log = await store.audit({ limit: 10_000 })
    const verdict = verifyAudit(log)
    if (verdict.kind !== 'intact') witness.report(`the audit log is broken: ${verdict.reason}`)
    for (const { id, phase } of witness.rounds.values()) {
      const entries = log.filter(({ subject, action }) => subject === id && action === `round.${phase}`)
      if (entries.length !== 1)
        witness.report(`the audit log says ${entries.length} times that ${id} is ${phase}`)
    }
  }
}

const ADMIN = { id: 'operator', name: 'operator', role: 'admin' } as const

/** Everything in a world is promises but its clock: once the event loop has turned, nothing moves until time does. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve))
