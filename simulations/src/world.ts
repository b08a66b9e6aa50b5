import {
  type Bulk,
  createParticipant,
  memoryModelCache,
  type Participant,
  type Trainer,
} from '@tributary/client-sdk'
import {
  type Coordinator,
  createCoordinator,
  isRefusal,
  memoryBlobs,
  openSqliteStore,
  type Refusal,
  type Round,
} from '@tributary/coordinator'
import type { TaskId } from '@tributary/protocols'
import {
  encodePublicKey,
  encodeSignature,
  type Identity,
  identityFromSeed,
  proveEnrolment,
} from '@tributary/protocols/crypto'
import { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import {
  memoryChannel,
  type SeededRandom,
  seededRandom,
  uniform,
  type VirtualClock,
  virtualClock,
} from '@tributary/protocols/runtime'

/**
 * One virtual clock, one coordinator, and clients on memory wires. The coordinator is the production one, on SQLite in
 * memory; the clients are the SDK's own participants; every message goes through the real schemas. Nothing waits: time
 * jumps to the next thing that happens.
 */
export type World = {
  clock: VirtualClock
  coordinator: Coordinator
  /** Enrols a client and has it take part. */
  addClient(options: VirtualClient): Promise<void>
  /** Lets things happen until `done` holds or nothing is left to happen; says which. */
  runUntil(done: () => boolean): Promise<'done' | 'nothing left'>
  /** Ends everything; afterwards no timer is armed. */
  close(): Promise<void>
}

export type VirtualClient = {
  name: string
  task: TaskId
  trainer: Trainer
  /** Virtual milliseconds that a training takes. */
  trainMs: number
}

export type WorldOptions = {
  seed: string | number
  /** Virtual milliseconds that a message takes, at least and at most. */
  latencyMs: { least: number; most: number }
  roundSaved(round: Round): void
}

/** 2026-01-01T00:00:00Z: where virtual time begins. */
const EPOCH_MS = 1_767_225_600_000

export const createWorld = async ({ seed, latencyMs, roundSaved }: WorldOptions): Promise<World> => {
  const clock = virtualClock(EPOCH_MS)
  const random = seededRandom(seed)
  const faults: unknown[] = []
  const store = await openSqliteStore({ path: ':memory:' })
  const coordinator = await createCoordinator({
    id: 'simulated',
    clock,
    random: random.fork('coordinator'),
    store,
    models: memoryBlobs({ clock }),
    updates: memoryBlobs({ clock }),
    ownKey: random.fork('own key').bytes(32),
    observer: {
      fault: (error) => faults.push(error),
      refusedMessage() {},
      refusedUpdate() {},
      driving() {},
      roundSaved,
    },
  })
  await coordinator.start()
  const participants: Participant[] = []
  const wire = (chance: SeededRandom) => ({
    clock,
    latencyMs: () => latencyMs.least + (latencyMs.most - latencyMs.least) * uniform(chance),
  })

  return {
    clock,
    coordinator,
    async addClient({ name, task, trainer, trainMs }) {
      const chance = random.fork(`client ${name}`)
      const identity = identityFromSeed(chance.fork('identity').bytes(32))
      await enrol(coordinator, identity, clock)
      const participant = createParticipant({
        task,
        identity,
        connect() {
          const { left, right } = memoryChannel(wire(chance.fork('wire')), {
            toLeft: CoordinatorMessage,
            toRight: ClientMessage,
          })
          coordinator.gateway.accept(right)
          return left
        },
        bulk: memoryBulk(coordinator),
        cache: memoryModelCache(),
        trainer: timed(trainer, clock, trainMs),
        clock,
        random: chance.fork('participant'),
        keyRandom: chance.fork('keys'),
        decide: () => ({ kind: 'accept' }),
        told() {},
        changed() {},
      })
      participants.push(participant)
      participant.join()
    },
    async runUntil(done) {
      for (;;) {
        await quiet()
        if (faults.length > 0) throw new Error('the simulated coordinator met a fault', { cause: faults[0] })
        if (done()) return 'done'
        if (!clock.step()) return 'nothing left'
      }
    },
    async close() {
      for (const participant of participants) participant.leave()
      await coordinator.stop()
      for (let quietTurns = 0; quietTurns < 2; quietTurns++) {
        await quiet()
        while (clock.step()) await quiet()
      }
      await store.close()
    },
  }
}

/** Everything in a world is promises but its clock: once the event loop has turned, nothing moves until time does. */
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

/** Transfers without a network: straight to the services that HTTP routes call. */
const memoryBulk = ({ services }: Coordinator): Bulk => ({
  async download(ref) {
    const blob = await services.models.published(ref.digest)
    if (isRefusal(blob)) return { kind: 'refused', detail: blob.detail }
    const parts: Uint8Array[] = []
    for await (const part of blob.stream()) parts.push(part)
    return { kind: 'received', bytes: new Uint8Array(Buffer.concat(parts)) }
  },
  async upload({ task, round, client, submission, envelope }) {
    const receipt = await services.submissions.receive({
      task,
      round,
      client,
      submission,
      announcedBytes: envelope.length,
      body: once(envelope),
    })
    if (!isRefusal(receipt)) return { kind: 'received', receipt }
    return receipt.refused === 'round-over'
      ? { kind: 'round-over' }
      : { kind: 'refused', detail: receipt.detail }
  },
})

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes
}

/** A trainer whose result is there only after `trainMs` of virtual time. */
const timed = (trainer: Trainer, clock: VirtualClock, trainMs: number): Trainer => ({
  async train(job) {
    const result = await trainer.train(job)
    await new Promise<void>((resolve) => {
      const cancel = clock.wakeAt(clock.now() + trainMs, resolve)
      job.signal.addEventListener('abort', () => {
        cancel()
        resolve()
      })
    })
    job.signal.throwIfAborted()
    return result
  },
})

const must = <T>(value: T | Refusal): T => {
  if (isRefusal(value)) throw new Error(value.detail)
  return value
}
