/**
 * One world from one seed: the production coordinator and the SDK's own participants on a virtual clock, over storage
 * and networks that fail, with processes that are killed and started again; then calm, in which the wanted rounds must
 * complete; then the end, of which nothing may be left.
 */
import { createHash } from 'node:crypto'
import { loadProtection, loadTaskWork } from '@tributary/client-sdk/participant'
import { loadEnvelopePrimitives, verifyAudit } from '@tributary/coordinator'
import type { Digest, RoundId } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import type { LiveEvent } from '@tributary/protocols/rest'
import { virtualClock } from '@tributary/protocols/runtime'
import { nodeSigner } from '@tributary/simulations'
import { chanceOf, seededChance } from './chance.ts'
import { createDevice, type Device } from './device.ts'
import { createFate } from './fate.ts'
import type { Serving, Upload } from './faulty-bulk.ts'
import { faultySignals } from './faulty-signals.ts'
import type { Breakage } from './host.ts'
import { createHosts } from './hosts.ts'
import { jumpingClock } from './jumping-clock.ts'
import { mischiefOf } from './mischief.ts'
import { createOperator } from './operator.ts'
import type { Blobs } from './ports.ts'
import { createTimeline } from './timeline.ts'
import { Violation } from './violation.ts'
import { createWitness } from './witness.ts'
import { planWorld, type WorldPrivacy } from './world-plan.ts'
import { openWorldStorage } from './world-storage.ts'

export type WorldReport = {
  seed: number
  /** Times that the clock moved on to something that happened. */
  events: number
  rounds: { completed: number; abandoned: number }
  /** Updates of completed buffered rounds that earlier ones had asked for. */
  takenOver: number
  restarts: number
  /** Faults of storage, power cuts among them. */
  faults: number
  powerCuts: number
  /** SHA-256 of the trace: a world that repeats has the same. */
  digest: string
  /** Rounds that ended once nothing went wrong any more. */
  calmly: RoundId[]
  violation: Violation | undefined
}

/** 2026-01-01T00:00:00Z. */
const EPOCH_MS = 1_767_225_600_000
/** Once nothing goes wrong any more, the wanted rounds take no longer than this. */
const CALM_MS = 2 * 3_600_000
/** What a network still holds when its clients leave has arrived after this. */
const LATE_MS = 3_600_000
/** Several processes talk every second, and an hour of that takes long: this is more than any transfer takes. */
const SHARED_LATE_MS = 400_000
/** More than an hour by any clock that somebody has set. */
const STRAY_MS = 8 * 3_600_000

export const runWorld = async (
  seed: number,
  {
    trace,
    breakage = {},
    privacy = 'drawn',
    watch,
  }: {
    trace?(line: string): void
    breakage?: Breakage
    privacy?: WorldPrivacy
    watch?: (event: LiveEvent) => void
  } = {},
): Promise<WorldReport> => {
  const chance = seededChance(`world ${seed}`)
  const plan = planWorld(chanceOf(chance.random.fork('plan')), privacy)
  const steady = virtualClock(EPOCH_MS)
  const wall = jumpingClock(steady)
  const digest = createHash('sha256')
  const noted = (what: string) => {
    const line = `${((steady.now() - EPOCH_MS) / 1_000).toFixed(3).padStart(9)} ${what}`
    digest.update(line)
    trace?.(line)
  }
  let troubleUntil = 0
  const active = () => steady.now() < troubleUntil
  const mischief = (name: string) => mischiefOf(chanceOf(chance.random.fork(name)), plan.rates, active)

  const storage = await openWorldStorage(plan.blobs, steady)
  const { primitives } = await loadEnvelopePrimitives()
  await Promise.all([loadProtection(), loadTaskWork()])
  const witness = createWitness(storage, plan, noted)
  /** Faults of storage so far. */
  let faults = 0
  const planted = (what: string) => {
    faults++
    noted(`fault: ${what}`)
  }
  const fate = createFate({
    chance: chanceOf(chance.random.fork('fate')),
    plan,
    active,
    jump: wall.jump,
    noted,
  })
  const timeline = createTimeline({ clock: steady, judge, mostMs: CALM_MS })
  const { runUntil, settle } = timeline
  const shared = plan.hosts > 1
  const signals = shared ? faultySignals({ clock: steady, mischief: mischief('signals') }) : undefined
  const hosts = createHosts(plan.hosts, {
    chance: chanceOf(chance.random.fork('hosts')),
    steady,
    wall,
    timeline,
    storage,
    witness,
    fate,
    mischief,
    random: chance.random,
    storageMs: plan.storageMs,
    breakage,
    signals,
    watch,
    planted,
    noted,
  })
  const { serving } = hosts
  /** Rounds that had ended when everything had stopped going wrong. */
  let endedBefore: ReadonlySet<RoundId> = new Set()
  const endedRounds = () =>
    [...witness.rounds.values()].flatMap((round) => ('endedAt' in round ? [round.id] : []))
  const operator = createOperator({ timeline, wall, witness, serving, file: plan.file, noted })

  try {
    hosts.start()
    await runUntil(hosts.ready, steady.now() + CALM_MS)
    const devices = await populate()
    for (const device of devices) device.start()
    troubleUntil = steady.now() + plan.troubleMs
    noted(`TROUBLE ${JSON.stringify(plan)}`)
    scheduleTrouble(devices)
    await runUntil(() => !active(), troubleUntil)
    troubleUntil = 0
    noted('CALM')
    endedBefore = new Set(endedRounds())
    for (const device of devices) device.settleDown()
    await calm()
    await end(devices)
  } catch (error) {
    if (!(error instanceof Violation)) throw error
    witness.report(error.message)
  } finally {
    hosts.retire()
    for (const { life } of hosts.all()) life.end()
    await storage.tables.close()
  }
  const phases = [...witness.rounds.values()].map(({ phase }) => phase)
  return {
    seed,
    events: timeline.events(),
    restarts: hosts.starts() - plan.hosts,
    faults,
    powerCuts: fate.powerCuts(),
    rounds: {
      completed: phases.filter((phase) => phase === 'completed').length,
      abandoned: phases.filter((phase) => phase === 'abandoned').length,
    },
    takenOver: witness.takenOver(),
    digest: digest.digest('hex'),
    calmly: endedRounds().filter((id) => !endedBefore.has(id)),
    violation: witness.problem(),
  }

  /** What holds whenever an event and all that followed from it are over. */
  function judge() {
    if (witness.settled() && !shared) for (const server of hosts.all()) judgeTimers(server)
    const problem = witness.problem()
    if (problem) throw problem
  }

  /**
   * Where no round is at work, there is one timer for each line that has yet to say who it is, one for the next round
   * or to look again whether there will be one, and one for the last thing that a round did, where it was not told that
   * it is saved and tries again;
   * and two where somebody watches, until there is more to tell. Between two buffered rounds whoever hands in waits a moment for the next.
   */
  function judgeTimers({ life, strangers }: Serving) {
    const most =
      strangers.size + 2 + (watch ? 2 : 0) + (plan.file.mode.kind === 'buffered' ? 2 * plan.clients : 0)
    if (life.armed() > most)
      witness.report(`a coordinator without a round at work has ${life.armed()} timers, not ${most}`)
  }

  async function populate(): Promise<Device[]> {
    const captured: Upload[] = []
    const devices: Device[] = []
    for (let i = 0; i < plan.clients; i++) {
      const identity = identityFromSeed(chance.random.fork(`identity ${i}`).bytes(32), nodeSigner)
      await operator.enrol(identity)
      devices.push(
        createDevice({
          identity,
          primitives,
          steady,
          mischief: mischief(`device ${i}`),
          witness,
          plan,
          serving,
          captured,
          noted,
        }),
      )
    }
    await operator.createTask()
    return devices
  }

  function scheduleTrouble(devices: readonly Device[]) {
    const until = troubleUntil
    const within = () => steady.now() + fate.chance.between(0, until - steady.now())
    for (let i = 0; i < plan.stops; i++) steady.wakeAt(within(), () => void hosts.stopOne())
    const kind = mischief('unrest')
    const unrest = () => {
      if (!active()) return
      for (const device of devices) {
        if (kind.happens('clientCrashes')) {
          device.crash()
          steady.wakeAt(steady.now() + fate.chance.between(100, 60_000), () => active() && device.start())
        }
        if (kind.happens('clientRejoins')) device.start()
        if (kind.happens('clientClockJumps')) device.setClock(kind.chance.between(-600_000, 600_000))
      }
      if (kind.happens('operatorAbandons')) operator.abandonNewest()
      if (plan.file.schedule.kind === 'manual') operator.trigger()
      steady.wakeAt(steady.now() + 2_000, unrest)
    }
    unrest()
  }

  async function calm() {
    let over = false
    const triggering = () => {
      if (over) return
      operator.trigger()
      steady.wakeAt(steady.now() + 10_000, triggering)
    }
    if (plan.file.schedule.kind === 'manual') triggering()
    const done = () => witness.finished() && witness.settled() && hosts.ready()
    if (!(await runUntil(done, steady.now() + CALM_MS)))
      throw new Violation('the wanted rounds did not complete')
    over = true
  }

  async function end(devices: readonly Device[]) {
    noted('END')
    await settle(Promise.all(devices.map((device) => device.leave())), 'the clients leaving')
    for (const device of devices)
      if (device.armed() > 0) witness.report(`a client that left has ${device.armed()} timers`)
    // Transfers that a network still holds arrive, and find the round over.
    await runUntil(() => false, steady.now() + (shared ? SHARED_LATE_MS : LATE_MS))
    let left = await stopAll()
    if (faults > 0 || shared) {
      // A fault between keeping an update and counting it may leave the update behind: noise without its round's key,
      // and gone at the next start, or, where others may be about to count it, at a start an hour later. Where no fault
      // was, nothing may be left to sweep.
      if (shared) {
        const later = steady.now() + STRAY_MS
        steady.wakeAt(later, () => {})
        await runUntil(() => false, later)
      }
      hosts.start()
      await runUntil(hosts.ready, steady.now() + CALM_MS)
      left = await stopAll()
    }
    await witness.atTheEnd(left)
    await judgeAudit()
  }

  /** Stops every process; the sealed updates that the last of them left. */
  async function stopAll(): Promise<Digest[]> {
    hosts.retire()
    let left: Digest[] | undefined
    for (const server of hosts.all()) {
      const { coordinator, life } = server
      if (coordinator.presence.online() > 0) witness.report('the clients have left and lines are open')
      if (life.armed() > 0 && !shared)
        witness.report(`a coordinator with nothing left to do has ${life.armed()} timers`)
      await settle(coordinator.stop(), 'stopping')
      if (life.armed() > 0) witness.report(`a coordinator that stopped has ${life.armed()} timers`)
      left = await settle(digestsIn(server.left.updates), 'listing what is left')
      life.end()
    }
    if (!left) throw new Violation('no coordinator serves at the end')
    return left
  }

  async function digestsIn(updates: Blobs): Promise<Digest[]> {
    const digests: Digest[] = []
    for await (const { digest } of updates.list()) digests.push(digest)
    return digests
  }

  async function judgeAudit() {
    const log = await storage.tables.audit({ limit: 10_000 })
    const verdict = verifyAudit(log)
    if (verdict.kind !== 'intact') witness.report(`the audit log is broken: ${verdict.reason}`)
    for (const { id, phase } of witness.rounds.values()) {
      const entries = log.filter(({ subject, action }) => subject === id && action === `round.${phase}`)
      if (entries.length !== 1)
        witness.report(`the audit log says ${entries.length} times that ${id} is ${phase}`)
    }
  }
}
