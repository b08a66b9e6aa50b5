import type { ClientId, RoundId } from '@tributary/protocols'
import {
  type Ed25519Implementation,
  type EnvelopePrimitives,
  tweetnaclSigner,
  tweetnaclVerify,
  tweetnaclX25519,
  type X25519,
} from '@tributary/protocols/crypto'
import type { DeclineReason } from '@tributary/protocols/messages'
import { type Clock, deviceClock, type Random, systemRandom } from '@tributary/protocols/platform'
import type { Endpoints } from './adapters/endpoints.ts'
import { createHttpBulk } from './adapters/http-bulk.ts'
import type { Fetch } from './adapters/http-download.ts'
import { socketLines } from './adapters/socket-line.ts'
import type { Gate } from './attendance/gate.ts'
import type { RoundInvitation } from './client-events.ts'
import type { Conditions } from './conditions/conditions.ts'
import type { ConsentOptions } from './consent/consent.ts'
import type { ClientLine } from './participation/index.ts'
import type { PrivacyOptions } from './participation/privacy-options.ts'
import type { Bulk } from './ports/bulk.ts'
import type { Circumstances } from './ports/circumstances.ts'
import type { KeyStore } from './ports/key-store.ts'
import type { ModelCache } from './ports/model-cache.ts'
import type { ParticipationStore } from './ports/participation-store.ts'
import type { PersonalTraining } from './ports/personal-training.ts'
import type { RecordStore } from './ports/record-store.ts'
import type { Siblings } from './ports/siblings.ts'
import type { Trainer } from './training/trainer.ts'

/** A client of one task, and what all tasks of the same client share. */
export type ClientOptions<T extends Trainer = Trainer> = TaskOptions<T> & DeviceOptions

/** What is one task's own. */
export type TaskOptions<T extends Trainer = Trainer> = {
  /** The id of the task to take part in. */
  task: string
  /** What learns, and from what: the data stay in it. */
  trainer: T
  /**
   * What this app insists on of secure aggregation and noise; left out, what the SDK has compiled in. A further task of a client has that of
   * the first where it brings none of its own.
   */
  privacy?: PrivacyOptions
  /** Asked at every invitation; left out, every one is accepted. The signal aborts when the answer no longer matters. */
  onInvitation?(
    invitation: RoundInvitation,
    signal: AbortSignal,
  ): InvitationAnswer | Promise<InvitationAnswer>
}

/** What all tasks of a client share. */
export type DeviceOptions = ConsentOptions & {
  /** The coordinator's http or https address. */
  coordinator: string | URL
  /**
   * Under which conditions this device takes part: what it is to be like, and how much it may use. Left out, under all, and nothing is counted;
   * `{}` asks for nothing but that a data saver is respected.
   */
  conditions?: Conditions
  /** What the app tells of the device, where the platform does not tell it or is wrong: `createCircumstances` of `@tributary/client-sdk/conditions`. */
  circumstances?: Circumstances
  /** What must hold for this client to take part, besides consent. While one is shut, `state` is `held`. */
  gates?: readonly Gate[]
  /**
   * Where several instances have one identity, as tabs have: the gate that is open in one of them at a time. It is asked for once the other gates
   * are open. Left out, every instance takes part, and of one identity the latest is the one that does (rule L6).
   */
  turnOf?(client: ClientId): Gate
  /** Where several instances share stores, as tabs do: what they say to each other, so that each knows of consent and of a newer model at once. */
  siblings?: Siblings
  /** Where the identity lives. Left out, it is forgotten with the client. */
  keys?: KeyStore
  /** Where downloaded models are kept. Left out, in memory. */
  cache?: ModelCache
  /** Where it is written down how often this client took part in tasks with differential privacy. Left out, in memory. */
  participations?: ParticipationStore
  /**
   * The Ed25519 key of the coordinator, in base64url, as its operator publishes it and as every model version of it shows over REST: models and secure
   * rounds that are not signed by it are refused. Left out, the key is the one that the coordinator names when it enrols this client, kept in `records`.
   */
  coordinatorKey?: string
  /** Where this client's own vector lives, of tasks whose strategy has clients keep one. Left out, in memory. */
  variates?: RecordStore
  /** Where the client keeps what it must remember of itself: consent, what it has used, the newest model. Left out, in memory. */
  records?: RecordStore
  /**
   * What tasks need in which part of the model is each client's own: `createPersonalTraining` of `@tributary/client-sdk/personal`, with a store
   * that lasts. Left out, rounds of such tasks fail.
   */
  personal?: PersonalTraining
  /** The surroundings, where they are not the platform's own. */
  surroundings?: Partial<Surroundings>
}

/** `accept`, or why not. */
export type InvitationAnswer = 'accept' | DeclineReason

/** What a client touches the world by. */
export type Surroundings = {
  connect(): ClientLine
  bulk: Bulk
  fetch: Fetch
  clock: Clock
  /** Jitter, and training seeds where nothing else gives them. */
  random: Random
  /** What the training of this round starts from, 0 to 2^32 − 1, where runs are to be compared. Left out, drawn. */
  trainingSeed?(round: RoundId): number
  /** Called on joining: keeps the process from ending for want of work, until what it returns is called. */
  stayAlive(): () => void
  primitives: Primitives
  /** What the platform tells of the device, for a client with conditions. Left out, nothing. */
  circumstances?(clock: Clock): Promise<Circumstances>
}

/** What signs, verifies, agrees on keys and takes digests: implementations of the same bytes, that differ in speed alone. */
export type Primitives = Ed25519Implementation & { x25519: X25519 } & Pick<
    EnvelopePrimitives,
    'sha256' | 'hkdf'
  >

/** The given surroundings, and the platform's for the rest. */
export const surroundingsAt = (endpoints: Endpoints, given: Partial<Surroundings> = {}): Surroundings => {
  const { clock = deviceClock(), fetch = platformFetch } = given
  return {
    connect: given.connect ?? socketLines(endpoints),
    bulk: createHttpBulk({ endpoints, clock, fetch }),
    random: systemRandom(),
    stayAlive: () => () => undefined,
    primitives: {
      createSigner: tweetnaclSigner,
      verifySignature: tweetnaclVerify,
      x25519: tweetnaclX25519,
    },
    ...given,
    clock,
    fetch,
  }
}

const platformFetch: Fetch = (url, init) => globalThis.fetch(url, init)
