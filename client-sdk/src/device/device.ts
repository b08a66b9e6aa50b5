/** What all tasks of one client share: who it is, its line, the consent it has, what it keeps, and what must hold for it to take part. */
import type { ClientId, TaskId } from '@tributary/protocols'
import type { Identity } from '@tributary/protocols/crypto'
import type { Cancel } from '@tributary/protocols/platform'
import { type Endpoints, endpointsOf } from '../adapters/endpoints.ts'
import { memoryKeyStore } from '../adapters/memory-key-store.ts'
import { memoryModelCache } from '../adapters/memory-model-cache.ts'
import { memoryParticipationStore } from '../adapters/memory-participation-store.ts'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { Gate } from '../attendance/gate.ts'
import { type DeviceOptions, type Surroundings, surroundingsAt, type TaskOptions } from '../client-options.ts'
import { type LazyPoliteness, lazyPoliteness } from '../conditions/lazy-politeness.ts'
import { type ConsentBook, createConsent } from '../consent/consent.ts'
import { WITHDRAWAL } from '../consent/consent-record.ts'
import { consentedBulk } from '../consent/consented-bulk.ts'
import { postpone } from '../consent/postpone.ts'
import type { Withdrawn } from '../consent/withdrawal.ts'
import { type Kept, keptSoon } from '../kept/kept.ts'
import { identityLoader } from '../load-identity.ts'
import type { ClientLine, ParticipantNotice } from '../participation/index.ts'
import type { KeyStore } from '../ports/key-store.ts'
import type { ModelCache } from '../ports/model-cache.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { PersonalTraining } from '../ports/personal-training.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Trainer } from '../training/trainer.ts'
import { givenKeyOf } from '../trust/given-key.ts'
import type { Pinning } from '../trust/pin.ts'
import { pinningSoon } from '../trust/pinning.ts'
import { fencedStores } from './fenced-stores.ts'
import { createLineHub } from './line-hub.ts'
import { oneAtATime } from './one-at-a-time.ts'
import type { SiblingWord } from './sibling-words.ts'

export type Device = {
  endpoints: Endpoints
  surroundings: Surroundings
  stores: DeviceStores
  consent: ConsentBook
  /** What keeps to the conditions under which it takes part; `undefined` where the app has given none. */
  politeness: LazyPoliteness | undefined
  /** Tells other instances of this client, where there may be any. */
  say(word: SiblingWord): void
  /** Consent and conditions among them. */
  gates: readonly Gate[]
  /**
   * Resolves when nothing of an earlier withdrawal is left to erase. Everything that uses identity, consent or what is kept waits for it.
   * @throws TributaryError `storage-failed`; the next call tries again.
   */
  ready(): Promise<void>
  /** The gate of whoever's turn it is of those that have this identity; the same one for all tasks. */
  turnOf: ((client: ClientId) => Gate) | undefined
  /** The key that the app has given, and whom this device has pinned as its coordinator. */
  coordinatorKey: string | undefined
  pinning: Pinning
  /** What a task keeps for times without a network, where the app has given a place for it. */
  keep: ((task: TaskId, told: (notice: ParticipantNotice) => void) => Kept) | undefined
  /** The identity, made where there is none. */
  loadIdentity(): Promise<Identity>
  /**
   * Does this with the identity, where there is consent, before and after the identity has been loaded. A withdrawal waits for it.
   * @throws TributaryError `no-consent`, `bad-key`, `storage-failed`.
   */
  admit<T>(work: (identity: Identity) => Promise<T>): Promise<T>
  /** Resolves when nobody loads the identity or is being admitted. */
  admitted(): Promise<unknown>
  /** Leaves all tasks, erases everything, and tells the coordinator. */
  withdraw(): Promise<Withdrawn>
  /** Ends the waiting for the next time that the coordinator is told of a withdrawal, while there is such waiting. */
  tellingAgain: { cancel?: Cancel }
  /** Lets go of the identity, and of everything that was made with it. */
  forget(): void
  /** The task's own end of the line that all tasks share. */
  connect(task: TaskId): ClientLine
  /** The trainer, waiting for whatever else this device trains. */
  inTurn(trainer: Trainer): Trainer
  /** The clients of this device, by task. */
  clients: Map<TaskId, DeviceClient>
}

export type DeviceStores = {
  keys: KeyStore
  cache: ModelCache
  participations: ParticipationStore
  variates: RecordStore
  records: RecordStore
  personal: PersonalTraining | undefined
}

/** What a device needs of the clients on it. */
export type DeviceClient = {
  leave(): Promise<void>
  forget(): void
  /** Another instance has kept a newer model. */
  renew(): Promise<void>
}

/** @throws TributaryError `bad-options` for an address or a coordinator's key that is not one. */
export const createDevice = (options: DeviceOptions & Pick<TaskOptions, 'privacy'>): Device => {
  const endpoints = endpointsOf(options.coordinator)
  const surroundings = surroundingsAt(endpoints, options.surroundings)
  const { connect, clock, primitives } = surroundings
  const given: DeviceStores = {
    keys: options.keys ?? memoryKeyStore(),
    cache: options.cache ?? memoryModelCache(),
    participations: options.participations ?? memoryParticipationStore(),
    variates: options.variates ?? memoryRecordStore(),
    records: options.records ?? memoryRecordStore(),
    personal: options.personal,
  }
  const { siblings } = options
  const say = (word: SiblingWord) => siblings?.say(word)
  const consent = createConsent({
    records: given.records,
    clock,
    kept: () => say({ type: 'consent' }),
    withdrawnElsewhere() {
      // That instance erases what is kept, once this one has let go of its turn.
      for (const client of device.clients.values()) void client.leave()
      device.forget()
      settling = undefined
      // What may yet make a key here makes it after that, and is withdrawn from in its turn.
      if (underWay.size > 0) withdraw().catch(() => undefined)
    },
    ...(options.consent && { consent: options.consent }),
    ...(options.wording !== undefined && { wording: options.wording }),
  })
  const stores = fencedStores(given, async () => (await consent.look()) === 'withdrawn')
  const identity = identityLoader(stores.keys, primitives.createSigner)
  /** What may make a key, or a client of it: without waiting for it, a withdrawal would miss what it comes to. */
  const underWay = new Set<Promise<unknown>>()
  const waitedFor = async <T>(work: Promise<T>): Promise<T> => {
    underWay.add(work)
    try {
      return await work
    } finally {
      underWay.delete(work)
    }
  }
  /** A withdrawal that goes on, or the look for one that an earlier start has left. */
  let settling: Promise<unknown> | undefined
  const isEarlier = async () => (await stores.records.load(WITHDRAWAL)) !== undefined
  const settleEarlier = async () => {
    if (!(await isEarlier())) return
    const { inTurn, resumeWithdrawal, withdrawalNeeds } = await import('../consent/withdrawal.ts')
    await inTurn({ siblings, clock }, async () => {
      if (await isEarlier()) await resumeWithdrawal(withdrawalNeeds(device))
    })
  }
  const ready = async () => {
    settling ??= settleEarlier()
    try {
      await settling
    } catch (error) {
      settling = undefined
      throw error
    }
  }
  const withdraw = async () => {
    consent.withdraw()
    const before = settling
    const withdrawing = (async () => {
      await before?.catch(() => undefined)
      const { inTurn, withdraw, withdrawalNeeds } = await import('../consent/withdrawal.ts').catch((cause) =>
        postpone({ records: stores.records, consent }, cause),
      )
      return inTurn({ siblings, clock }, () => withdraw(withdrawalNeeds(device)))
    })()
    settling = withdrawing
    // What it could not erase is tried again by whoever asks for something next.
    withdrawing.catch(() => {
      if (settling === withdrawing) settling = undefined
    })
    return withdrawing
  }

  const coordinatorKey = givenKeyOf(options.coordinatorKey, options.privacy?.coordinatorKey)
  const { conditions } = options
  const politeness =
    conditions &&
    lazyPoliteness({
      conditions,
      circumstances: options.circumstances,
      platform: surroundings.circumstances,
      records: stores.records,
      bulk: surroundings.bulk,
      clock,
    })
  const device: Device = {
    endpoints,
    surroundings: { ...surroundings, bulk: consentedBulk(politeness?.bulk ?? surroundings.bulk, consent) },
    say,
    politeness,
    stores,
    consent,
    gates: [consent.gate, ...(politeness ? [politeness.gate] : []), ...(options.gates ?? [])],
    turnOf: options.turnOf && once(options.turnOf),
    coordinatorKey,
    pinning: pinningSoon({
      records: stores.records,
      given: coordinatorKey,
      verify: primitives.verifySignature,
    }),
    keep:
      options.records &&
      ((task, told) =>
        keptSoon({
          task,
          records: stores.records,
          clock,
          primitives,
          told,
          spread: (version) => say({ type: 'model', task, version }),
        })),
    ready,
    async loadIdentity() {
      await ready()
      return waitedFor(identity.load())
    },
    async admit(work) {
      await ready()
      const admitting = async () => {
        await consent.require()
        const mine = await identity.load()
        await consent.require()
        // From here on there is something to erase, and perhaps no network when it is to be.
        import('../consent/withdrawal.ts').catch(() => undefined) // loaded when it is called for
        return work(mine)
      }
      return waitedFor(admitting())
    },
    admitted: () => Promise.allSettled([...underWay]),
    withdraw,
    tellingAgain: {},
    forget() {
      identity.forget()
      for (const client of device.clients.values()) client.forget()
    },
    connect: createLineHub({ connect, clock }).connect,
    inTurn: oneAtATime(),
    clients: new Map(),
  }
  if (siblings)
    import('./hear-siblings.ts').then(
      ({ hearSiblings }) => void hearSiblings(siblings, device),
      () => undefined,
    )
  // What an earlier start has left is gone on with, whether or not anything is asked of this one; who asks for something hears of a failure.
  ready().catch(() => undefined)
  return device
}

/** One for all tasks; another once this device has another identity. */
const once = (turnOf: (client: ClientId) => Gate) => {
  let made: { client: ClientId; gate: Gate } | undefined
  return (client: ClientId): Gate => {
    if (made?.client !== client) made = { client, gate: turnOf(client) }
    return made.gate
  }
}
