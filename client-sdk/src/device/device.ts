/** What all tasks of one client share: who it is, its line, the consent it has, what it keeps, and what must hold for it to take part. */
import type { TaskId } from '@tributary/protocols'
import type { Identity } from '@tributary/protocols/crypto'
import { type Endpoints, endpointsOf } from '../adapters/endpoints.ts'
import { memoryKeyStore } from '../adapters/memory-key-store.ts'
import { memoryModelCache } from '../adapters/memory-model-cache.ts'
import { memoryParticipationStore } from '../adapters/memory-participation-store.ts'
import { memoryRecordStore } from '../adapters/memory-record-store.ts'
import type { Gate } from '../attendance/gate.ts'
import { type DeviceOptions, type Surroundings, surroundingsAt, type TaskOptions } from '../client-options.ts'
import { type LazyPoliteness, lazyPoliteness } from '../conditions/lazy-politeness.ts'
import { type ConsentBook, createConsent } from '../consent/consent.ts'
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
import { createLineHub } from './line-hub.ts'
import { oneAtATime } from './one-at-a-time.ts'

export type Device = {
  endpoints: Endpoints
  surroundings: Surroundings
  stores: DeviceStores
  consent: ConsentBook
  /** What keeps to the conditions under which it takes part; `undefined` where the app has given none. */
  politeness: LazyPoliteness | undefined
  /** Consent and conditions among them. */
  gates: readonly Gate[]
  /** The key that the app has given, and whom this device has pinned as its coordinator. */
  coordinatorKey: string | undefined
  pinning: Pinning
  /** What a task keeps for times without a network, where the app has given a place for it. */
  keep: ((task: TaskId, told: (notice: ParticipantNotice) => void) => Kept) | undefined
  /** The identity, made where there is none. */
  loadIdentity(): Promise<Identity>
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
export type DeviceClient = { leave(): Promise<void> }

/** @throws TributaryError `bad-options` for an address or a coordinator's key that is not one. */
export const createDevice = (options: DeviceOptions & Pick<TaskOptions, 'privacy'>): Device => {
  const endpoints = endpointsOf(options.coordinator)
  const surroundings = surroundingsAt(endpoints, options.surroundings)
  const { connect, clock, primitives } = surroundings
  const stores: DeviceStores = {
    keys: options.keys ?? memoryKeyStore(),
    cache: options.cache ?? memoryModelCache(),
    participations: options.participations ?? memoryParticipationStore(),
    variates: options.variates ?? memoryRecordStore(),
    records: options.records ?? memoryRecordStore(),
    personal: options.personal,
  }
  const consent = createConsent({
    records: stores.records,
    clock,
    ...(options.consent && { consent: options.consent }),
    ...(options.wording !== undefined && { wording: options.wording }),
  })
  const { records } = options
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
  return {
    endpoints,
    surroundings: politeness ? { ...surroundings, bulk: politeness.bulk } : surroundings,
    politeness,
    stores,
    consent,
    gates: [consent.gate, ...(politeness ? [politeness.gate] : []), ...(options.gates ?? [])],
    coordinatorKey,
    pinning: pinningSoon({
      records: stores.records,
      given: coordinatorKey,
      verify: primitives.verifySignature,
    }),
    keep: records && ((task, told) => keptSoon({ task, records, clock, primitives, told })),
    loadIdentity: identityLoader(stores.keys, primitives.createSigner),
    connect: createLineHub({ connect, clock }).connect,
    inTurn: oneAtATime(),
    clients: new Map(),
  }
}
