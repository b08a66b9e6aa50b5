/** A client, and a coordinator that speaks for one client only, joined by wires in memory on a virtual clock. */
import { type Digest, ModelVersion, type RoundId, roundId, TaskId } from '@tributary/protocols'
import { compressionSeed, decompressUpdate } from '@tributary/protocols/compression'
import {
  createChallenge,
  createKeyPair,
  createOpener,
  decodeKeyText,
  encodeNonce,
  encodePublicKey,
  type Identity,
  identityFromSeed,
  signModel,
  verifyChallenge,
} from '@tributary/protocols/crypto'
import {
  ClientMessage,
  CoordinatorMessage,
  type RefusalReason,
  type Session,
} from '@tributary/protocols/messages'
import {
  type Channel,
  type Clock,
  memoryChannel,
  seededRandom,
  virtualClock,
} from '@tributary/protocols/runtime'
import { type Assignment, encodeAssignment, manifestOf, Plan } from '@tributary/protocols/task'
import { decodeSafetensors, digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { openUpdate, verifySubmission } from '@tributary/protocols/updates'
import { memoryModelCache } from '../adapters/memory-model-cache.ts'
import { createKept } from '../kept/create-kept.ts'
import type { Bulk, Upload, UploadAnswer } from '../ports/bulk.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { PersonalTraining } from '../ports/personal-training.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { Trainer } from '../training/trainer.ts'
import type { Pin } from '../trust/pin.ts'
import type { Decision } from './event.ts'
import { loadModel } from './load-model.ts'
import type { ParticipantNotice } from './notice.ts'
import { createParticipant } from './participant.ts'
import type { PrivacyOptions } from './privacy-options.ts'
import { statusOf } from './status.ts'

export const task = TaskId.parse('shift')
export const round = (number: number): RoundId => roundId(task, number)

/** Four parameters in two tensors. */
export const anAssignment = (plan: Partial<Plan> = {}): Assignment => ({
  model: {
    format: 'custom',
    trainer: 'shift',
    config: null,
    tensors: [
      { name: 'w', shape: [3], dtype: 'F32', initializer: 'zeros' },
      { name: 'b', shape: [], dtype: 'F32', initializer: 'zeros' },
    ],
    initial: { kind: 'import' },
  },
  plan: Plan.parse({
    epochs: 1,
    batchSize: 1,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'mean-squared-error',
    ...plan,
  }),
})

/** Adds one to every parameter, on five examples. */
export const shiftTrainer: Trainer = {
  train: async ({ weights, onProgress }) => {
    onProgress({ fraction: 1, loss: 0.25 })
    return { weights: weights.map((weight) => weight + 1), examples: 5, metrics: { loss: 0.25 } }
  },
}

export const aWorld = (
  options: {
    trainer?: Trainer
    decide?: (round: RoundId, signal: AbortSignal) => Decision | Promise<Decision>
    assignment?: Assignment
    privacy?: PrivacyOptions
    participations?: ParticipationStore
    variates?: RecordStore
    /** What is kept on the device, over restarts. */
    records?: RecordStore
    /** Who signs models; left out, nobody does. */
    signing?: Identity
    personal?: PersonalTraining
  } = {},
) => {
  const clock = virtualClock(1_000_000)
  let setBackMs = 0
  /** As the clock of a device: its date may be set, and its timers come when their time has passed. */
  const device: Clock = {
    now: () => (setBackMs === 0 ? clock.now() : Math.floor(clock.now() - setBackMs)),
    wakeAt: (at, wake) => clock.wakeAt(at + setBackMs, wake),
  }
  const random = seededRandom('a world')
  const identity = identityFromSeed(random.fork('client').bytes(32))
  const roundKey = createKeyPair(random.fork('round key'))
  const assignment = options.assignment ?? anAssignment()
  const blobs = new Map<Digest, Uint8Array>()
  const publish = (bytes: Uint8Array) => {
    const ref = { digest: digestOf(bytes), bytes: bytes.length }
    blobs.set(ref.digest, bytes)
    return ref
  }
  const assignmentRef = publish(encodeAssignment(assignment))
  const versions = new Map<number, { digest: Digest; bytes: number }>()
  const modelOf = (version: number) => {
    const ref =
      versions.get(version) ??
      publish(
        encodeSafetensors({
          tensors: manifestOf(assignment.model),
          values: new Float32Array([version, 2, 3, 4]),
        }),
      )
    versions.set(version, ref)
    return { version: ModelVersion.parse(version), ...ref }
  }

  /** What the coordinator's key says of it. */
  const signed = ({ version, ...weights }: ReturnType<typeof modelOf>) => {
    const { signing } = options
    const statement = { coordinator: 'world', task, version, weights, assignment: assignmentRef }
    return signing ? { signature: signModel(signing, statement) } : {}
  }

  const heard: ClientMessage[] = []
  const notices: ParticipantNotice[] = []
  const statuses: string[] = []
  const received: { upload: Upload; tensors: string[]; delta: number[] }[] = []
  let sessions = 0
  let server: Channel<CoordinatorMessage, ClientMessage> | undefined
  let reachable = true
  let refusal: RefusalReason | undefined
  let taskThere = true

  const newSession = (): Session => {
    sessions++
    return { token: `session-number-${sessions}`, expiresAt: clock.now() + 3_600_000 }
  }
  const session = newSession()

  const connect = () => {
    const { left, right } = memoryChannel(
      { clock, latencyMs: () => 5 },
      { toLeft: CoordinatorMessage, toRight: ClientMessage },
    )
    if (!reachable) {
      right.close('unreachable')
      return left
    }
    const challenge = createChallenge('world')
    server = right
    right.listen({
      message(message) {
        heard.push(message)
        if (message.type === 'authenticate') {
          if (refusal) return right.send({ type: 'refused', of: 'authenticate', reason: refusal })
          const signature = decodeKeyText(message.signature)
          const { publicKey } = identity
          if (!verifyChallenge({ challenge, client: message.client, publicKey, signature }))
            return right.send({ type: 'refused', of: 'authenticate', reason: 'bad-signature' })
          right.send({
            type: 'welcome',
            client: message.client,
            protocol: 1,
            session: newSession(),
            now: clock.now(),
          })
        }
        if (message.type === 'check-in')
          right.send(
            taskThere
              ? { type: 'standby', task }
              : { type: 'refused', of: 'check-in', reason: 'unknown-task', about: task },
          )
      },
      closed() {
        if (server === right) server = undefined
      },
    })
    right.send({
      type: 'challenge',
      coordinator: challenge.coordinator,
      nonce: encodeNonce(challenge.nonce),
      protocols: [1],
    })
    return left
  }

  /** Tests replace these to put something in the way. */
  const way: { download: Bulk['download']; upload: Bulk['upload'] } = {
    async download(ref) {
      const bytes = blobs.get(ref.digest)
      return bytes ? { kind: 'received', bytes } : { kind: 'refused', detail: 'not-found' }
    },
    async upload(upload) {
      return receive(upload)
    },
  }

  const receive = (upload: Upload): UploadAnswer => {
    const { submission, envelope } = upload
    if (!verifySubmission(submission, identity.publicKey)) return { kind: 'refused', detail: 'bad-signature' }
    const opener = createOpener({ secretKey: roundKey.secretKey })
    const bytes = openUpdate({ envelope, submission }, opener)
    const { compression } = assignment
    const file = compression
      ? {
          tensors: [],
          values: decompressUpdate(bytes, { compression, length: 4, beside: 0 }, compressionSeed(submission)),
        }
      : decodeSafetensors(bytes)
    received.push({ upload, tensors: file.tensors.map(({ name }) => name), delta: [...file.values] })
    const { round, client } = upload
    return {
      kind: 'received',
      receipt: { round, client, envelope: submission.envelope, receivedAt: clock.now() },
    }
  }

  const bulk: Bulk = {
    download: (...asked) => way.download(...asked),
    upload: (...asked) => way.upload(...asked),
  }
  let lives = 0
  const begin = () => {
    const life = ++lives
    const isOver = () => life !== lives
    /** Nothing that a life has begun comes to an end after its own. */
    const inLife = <T>(answer: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        answer.then(
          (value) => isOver() || resolve(value),
          (error) => isOver() || reject(error),
        )
      })
    return createParticipant({
      task,
      ...(options.records && {
        kept: createKept({
          task,
          records: options.records,
          clock,
          loadModel,
          told: (notice) => notices.push(notice),
        }),
      }),
      identity,
      connect,
      bulk: {
        download: (...asked) => inLife(bulk.download(...asked)),
        upload: (...asked) => (isOver() ? new Promise<never>(() => {}) : inLife(bulk.upload(...asked))),
      },
      cache: memoryModelCache(),
      trainer: options.trainer ?? shiftTrainer,
      clock: device,
      ...(options.privacy && { privacy: options.privacy }),
      ...(options.participations && { participations: options.participations }),
      ...(options.variates && { variates: options.variates }),
      ...(options.personal && { personal: options.personal }),
      random: random.fork('jitter'),
      // What another life draws is something else.
      keyRandom: random.fork(life === 1 ? 'keys' : `keys of life ${life}`),
      decide: (invitation, signal) => options.decide?.(invitation.round, signal) ?? { kind: 'accept' },
      told: (notice) => isOver() || notices.push(notice),
      changed(state) {
        if (isOver()) return
        const { is } = statusOf(state)
        if (statuses.at(-1) !== is) statuses.push(is)
      },
    })
  }
  let participant = begin()

  /** Lets promises and timers have their turn until it has come true. */
  const until = async (what: string, come: () => boolean) => {
    for (let turns = 0; turns < 500; turns++) {
      if (come()) return
      await promisesHadTheirTurn()
      if (!come()) clock.step()
    }
    throw new Error(`${what} never came true; the client is ${JSON.stringify(participant.state())}`)
  }

  return {
    clock,
    get participant() {
      return participant
    },
    /** The client ends without a word, and begins anew with what is on its device. */
    restart() {
      const gone = participant
      server = undefined
      participant = begin()
      return gone
    },
    identity,
    /** What a client of this world is surrounded by. */
    surroundings: { connect, bulk, clock, random: random.fork('a client') },
    refuseAll(reason: RefusalReason | undefined) {
      refusal = reason
    },
    /** From now on the coordinator has no such task. */
    loseTask() {
      taskThere = false
    },
    heard,
    notices,
    statuses,
    received,
    blobs,
    way,
    receive,
    modelOf,
    until,
    status: () => statusOf(participant.state()).is,
    sessionsGiven: () => sessions,
    said: (type: ClientMessage['type']) => heard.filter((message) => message.type === type),
    noticed: (type: ParticipantNotice['type']) => notices.filter((notice) => notice.type === type),
    async joined(pin?: Pin) {
      participant.join(pin)
      await until('on the line', () => statusOf(participant.state()).is === 'waiting')
      return this
    },
    say: (message: CoordinatorMessage) => server?.send(message),
    invite: (
      number: number,
      {
        version = number,
        inMs = 60_000,
        clipNorm,
      }: { version?: number; inMs?: number; clipNorm?: number } = {},
    ) =>
      server?.send({
        type: 'invitation',
        round: round(number),
        task,
        model: modelOf(version),
        assignment: assignmentRef,
        ...signed(modelOf(version)),
        publicKey: encodePublicKey(roundKey.publicKey),
        deadline: { at: clock.now() + inMs, inMs },
        session,
        ...(clipNorm !== undefined && { clipNorm }),
      }),
    publish: (version: number) =>
      server?.send({
        type: 'model-published',
        task,
        model: modelOf(version),
        assignment: assignmentRef,
        ...signed(modelOf(version)),
        session,
      }),
    cutLine({ reachableAgain = true } = {}) {
      reachable = reachableAgain
      server?.close('cut')
    },
    heal() {
      reachable = true
    },
    setDateBack(ms: number) {
      setBackMs += ms
    },
    /** Takes the client away and checks that nothing of it is left. */
    async end() {
      participant.leave()
      await participant.settled()
      await until('no timer left', () => clock.pending() === 0)
    },
  }
}

/** Everything in this world is in memory: its promises follow one another without the event loop's help. */
const promisesHadTheirTurn = async () => {
  for (let depth = 0; depth < 100; depth++) await Promise.resolve()
}
