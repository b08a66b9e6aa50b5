import { memoryModelCache } from '@tributary/client-sdk'
import { loadProtection, loadTaskWork, type Participant } from '@tributary/client-sdk/participant'
import {
  type Coordinator,
  type CoordinatorNeeds,
  createCoordinator,
  isRefusal,
  loadEnvelopePrimitives,
  memoryBlobs,
  openSqliteStore,
  type Refusal,
  type Round,
} from '@tributary/coordinator'
import { encodePublicKey, encodeSignature, type Identity, proveEnrolment } from '@tributary/protocols/crypto'
import { loadKernels } from '@tributary/protocols/kernels'
import {
  type SeededRandom,
  seededRandom,
  type VirtualClock,
  virtualClock,
} from '@tributary/protocols/runtime'
import { clientChance, identityBy, trainingSeedBy } from './client-chance.ts'
import { type Computing, createComputing } from './computing.ts'
import { hashOnce } from './hash-once.ts'
import { heldStore } from './held-store.ts'
import { memoryBulk, type Traffic } from './memory-bulk.ts'
import { startClient, type VirtualClient } from './virtual-client.ts'

/**
 * One virtual clock, one coordinator, and clients on memory wires. The coordinator is the production one, on SQLite in
 * memory unless other tables are given; the clients are the SDK's own participants; every message goes through the real schemas. Nothing waits: time
 * jumps to the next thing that happens.
 */
export type World = {
  clock: VirtualClock
  coordinator: Coordinator
  store: CoordinatorNeeds['store']
  computing: Computing
  /** Bytes that clients have moved so far. */
  traffic: Readonly<Traffic>
  /** Enrols a client, through the services, and has it take part. */
  addClient(options: VirtualClient): Promise<void>
  /** The identity of a client of that name: the same in every world of the seed. */
  identityOf(name: string): Identity
  /** Has a client that is enrolled take part, until it is told to leave. */
  startClient(options: VirtualClient): Participant
  /** Lets things happen until `done` holds or nothing is left to happen; says which. Real work is waited for, as its declared time says. */
  runUntil(done: () => boolean): Promise<'done' | 'nothing left'>
  /**
   * Everybody leaves and what is under way comes to its end, until nothing is left to happen. Another world may then go on
   * from the tables, the models and the time of this one.
   */
  rest(): Promise<void>
  /** Ends everything; afterwards no timer is armed. */
  close(): Promise<void>
}

export type WorldOptions = {
  seed: string | number
  /** Virtual milliseconds that a message takes, at least and at most. */
  latencyMs: { least: number; most: number }
  roundSaved(round: Round): void
  /** Where the tables are: empty, or those of a world of the same seed at rest. Left out, SQLite in memory; the world closes its own. */
  store?: CoordinatorNeeds['store']
  /** Published bytes, as the tables have them; left out, in memory. */
  models?: CoordinatorNeeds['models']
  /** Of a world that goes on: the time at which the one before came to rest. Left out, the beginning of 2026. */
  startAt?: number
  /** Which of a run's worlds this is: each has its own chance, and the identities and keys are those of them all. */
  leg?: number
}

/** 2026-01-01T00:00:00Z: where virtual time begins. */
export const EPOCH_MS = 1_767_225_600_000
/** Models that clients share: several versions of a model of millions of parameters. */
const CACHE_BYTES = 2 ** 28

export const createWorld = async ({
  seed,
  latencyMs,
  roundSaved,
  startAt = EPOCH_MS,
  leg,
  ...options
}: WorldOptions): Promise<World> => {
  const clock = virtualClock(startAt)
  const computing = createComputing(clock)
  const lasting = seededRandom(seed)
  const random = leg === undefined ? lasting : lasting.fork(`leg ${leg}`)
  const faults: unknown[] = []
  const store = options.store
    ? heldStore(options.store, computing)
    : await openSqliteStore({ path: ':memory:' })
  const { primitives } = await loadEnvelopePrimitives()
  // What participants load when a task asks for it would take real time, in which the clock goes on.
  await Promise.all([loadProtection(), loadTaskWork(), loadKernels()])
  const coordinator = await createCoordinator({
    id: 'simulated',
    clock,
    random: random.fork('coordinator'),
    store,
    models: options.models ?? memoryBlobs({ clock }),
    updates: memoryBlobs({ clock }),
    ownKey: lasting.fork('own key').bytes(32),
    observer: {
      fault: (error) => faults.push(error),
      refusedMessage() {},
      refusedUpdate() {},
      refusedRound() {},
      driving() {},
      roundSaved,
    },
  })
  await coordinator.start()
  const participants = new Set<Participant>()
  const traffic: Traffic = { up: 0, down: 0 }
  const cache = memoryModelCache({ maxBytes: CACHE_BYTES })
  const needs = {
    clock,
    computing,
    coordinator,
    bulk: memoryBulk(coordinator, traffic, cache),
    cache,
    primitives: { ...primitives, sha256: hashOnce(primitives.sha256) },
    latencyMs,
  }
  /** Of one who comes at this instant: who comes again draws anew. */
  const chanceOf = (name: string): SeededRandom => random.fork(`client ${name}`).fork(`from ${clock.now()}`)
  const identities = new Map<string, Identity>()
  const identityOf = (name: string): Identity => {
    const known = identities.get(name) ?? identityBy(clientChance(seed, name))
    identities.set(name, known)
    return known
  }
  const start = (client: VirtualClient): Participant => {
    const participant = startClient(needs, client, {
      identity: identityOf(client.name),
      chance: chanceOf(client.name),
      trainingSeed: trainingSeedBy(clientChance(seed, client.name)),
    })
    participants.add(participant)
    return {
      ...participant,
      leave() {
        participant.leave()
        participants.delete(participant)
      },
    }
  }

  /** What was waited for leads to more, which may hold the clock again. */
  const turn = async () => {
    do await quiet()
    while (await computing.idle())
    if (faults.length > 0) throw new Error('the simulated coordinator met a fault', { cause: faults[0] })
  }
  const sendEveryoneAway = () => {
    for (const participant of participants) participant.leave()
    participants.clear()
  }
  const stop = async () => {
    await coordinator.stop()
    for (let quietTurns = 0; quietTurns < 2; quietTurns++) {
      await quiet()
      while (clock.step()) await quiet()
    }
  }

  return {
    clock,
    coordinator,
    store,
    computing,
    traffic,
    identityOf,
    startClient: start,
    async addClient(client) {
      await enrol(coordinator, identityOf(client.name), clock)
      start(client)
    },
    async runUntil(done) {
      for (;;) {
        await turn()
        if (done()) return 'done'
        if (!clock.step()) return 'nothing left'
      }
    },
    async rest() {
      sendEveryoneAway()
      do await turn()
      while (clock.step())
      await stop()
      if ((await store.rounds.unsettled()).length > 0)
        throw new Error('a world at rest owes a round something')
    },
    async close() {
      sendEveryoneAway()
      await stop()
      if (!options.store) await store.close()
    },
  }
}

/** Everything in a world is promises but its clock and its computing: Node runs the next tick when no promise has anything left to do. */
const quiet = () => new Promise<void>((resolve) => setImmediate(resolve))

const enrol = async ({ services }: Coordinator, identity: Identity, clock: VirtualClock): Promise<void> => {
  const admin = { id: 'world', name: 'world', role: 'admin' } as const
  const invited = must(
    await services.clients.invite({ name: 'simulated', uses: 1, expiresAt: clock.now() + 60_000 }, admin),
  )
  must(
    await services.clients.enrol({
      token: invited.secret,
      publicKey: encodePublicKey(identity.publicKey),
      proof: encodeSignature(proveEnrolment(identity, invited.secret)),
    }),
  )
}

const must = <T extends object>(result: T | Refusal): T => {
  if (isRefusal(result)) throw new Error(`the simulated coordinator refused: ${result.detail}`)
  return result
}
