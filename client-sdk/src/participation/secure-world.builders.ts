/** Several clients and the server's machine of secure aggregation, joined by lines in memory: a whole secure round on a virtual clock. */
import { type ClientId, type Digest, ModelVersion } from '@tributary/protocols'
import {
  createKeyPair,
  createOpener,
  encodeNonce,
  encodePublicKey,
  identityFromSeed,
} from '@tributary/protocols/crypto'
import { plainKernels } from '@tributary/protocols/kernels'
import {
  ClientMessage,
  CoordinatorMessage,
  type Invitation,
  type Session,
} from '@tributary/protocols/messages'
import {
  type Channel,
  memoryChannel,
  type Random,
  seededRandom,
  virtualClock,
} from '@tributary/protocols/runtime'
import {
  beginServer,
  createMaskedSum,
  createRows,
  type Decision,
  maskOfJob,
  messageFor,
  recoverMasks,
  type ServerEvent,
  type ServerState,
  seedPartCommitment,
  serverTransition,
} from '@tributary/protocols/secagg'
import { manifestOfRound, type SecureMean, secureMean } from '@tributary/protocols/secure-round'
import { type Assignment, encodeAssignment, manifestOf, PrivacySpec } from '@tributary/protocols/task'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import { openUpdate, verifySubmission } from '@tributary/protocols/updates'
import { memoryModelCache } from '../adapters/memory-model-cache.ts'
import { memoryParticipationStore } from '../adapters/memory-participation-store.ts'
import { nodeVerify, nodeX25519 } from '../adapters/node-primitives.ts'
import type { Kept } from '../kept/kept.ts'
import type { Bulk, Upload, UploadAnswer } from '../ports/bulk.ts'
import type { ParticipationStore } from '../ports/participation-store.ts'
import type { Trainer } from '../training/trainer.ts'
import { loadProtection } from './load-protection.ts'
import type { ParticipantNotice } from './notice.ts'
import { anAssignment, round, task } from './participant.builders.ts'
import { createParticipant } from './participant.ts'
import type { PrivacyOptions } from './privacy-options.ts'
import { shiftBy } from './secure-clients.builders.ts'
import type { Participation } from './state.ts'
import { statusOf } from './status.ts'

export type SecurePrivacy = Partial<Extract<PrivacySpec, { mode: 'secure-aggregation' }>>

export const aSecureAssignment = (
  privacy: SecurePrivacy = {},
  refining?: Assignment['refining'],
): Assignment => ({
  ...(refining && { refining }),
  ...anAssignment({ clipNorm: 4 }),
  privacy: PrivacySpec.parse({
    mode: 'secure-aggregation',
    audience: 'demo',
    corrupt: 0,
    maxExamples: 50,
    metrics: { loss: 10 },
    ...privacy,
  }),
})

/** How one client differs from the others. */
export type Peculiar = {
  trainer?: Trainer
  privacy?: PrivacyOptions
  participations?: ParticipationStore
  keyRandom?: Random
  kept?: Kept
}

type Client = Awaited<ReturnType<typeof aSecureWorld>>['clients'][number]

/** Round 1 among so many clients who are on the line; it begins with `begin`. */
export const aSecureWorld = async (
  options: {
    clients?: number
    privacy?: SecurePrivacy
    /** Where rounds may follow that sum again what was trained. */
    refining?: Assignment['refining']
    /** What the round clips to, where that follows the clients. */
    clip?: number
    peculiar?: Record<number, Peculiar>
    /** Changes what a client hears: nothing, once, or more often. */
    down?: (message: CoordinatorMessage, to: number) => CoordinatorMessage[]
    /** The same for what it says. */
    up?: (message: ClientMessage, from: number) => ClientMessage[]
  } = {},
) => {
  const { clients: count = 3, peculiar = {} } = options
  await loadProtection()
  const clock = virtualClock(1_000_000)
  const random = seededRandom('a secure world')
  const coordinator = identityFromSeed(random.fork('coordinator').bytes(32))
  const roundKey = createKeyPair(random.fork('round key'))
  const opener = createOpener({ secretKey: roundKey.secretKey })
  const assignment = aSecureAssignment(options.privacy, options.refining)
  const blobs = new Map<Digest, Uint8Array>()
  const publish = (bytes: Uint8Array) => {
    const ref = { digest: digestOf(bytes), bytes: bytes.length }
    blobs.set(ref.digest, bytes)
    return ref
  }
  const assignmentRef = publish(encodeAssignment(assignment))
  const model = {
    version: ModelVersion.parse(1),
    ...publish(
      encodeSafetensors({ tensors: manifestOf(assignment.model), values: new Float32Array([1, 2, 3, 4]) }),
    ),
  }
  const seedPart = random.fork('seed part').bytes(32)
  const manifest = manifestOfRound(assignment, {
    task,
    round: round(1),
    model: model.digest,
    plan: assignmentRef.digest,
    cohort: { least: 2, most: count },
    coordinator: encodePublicKey(coordinator.publicKey),
    seedCommitment: encodeNonce(seedPartCommitment(seedPart)),
    clip: options.clip,
  })
  const session = (): Session => ({ token: 'a-session-of-the-world', expiresAt: clock.now() + 3_600_000 })
  const invitation = (): Invitation => ({
    type: 'invitation',
    round: round(1),
    task,
    model,
    assignment: assignmentRef,
    publicKey: encodePublicKey(roundKey.publicKey),
    deadline: { at: clock.now() + 60_000, inMs: 60_000 },
    session: session(),
    manifest,
  })

  const means = { sign: coordinator.sign, x25519: nodeX25519, verifySignature: nodeVerify }
  const rows = createRows()
  const vectors = new Map<Digest, Uint8Array>()
  let server: ServerState | undefined
  let mean: SecureMean | undefined

  const take = (decision: Decision) => {
    server = decision.state
    for (const row of decision.rows) rows.keep(row)
    for (const effect of decision.effects) {
      if (effect.type === 'tell') for (const client of effect.clients) ask(byId(client))
      if (effect.type === 'dropped')
        byId(effect.client).tell({ type: 'round-ended', round: round(1), outcome: { kind: 'closed' } })
      if (effect.type === 'sum') take(serverTransition(decision.state, summed(), rows, means))
    }
  }
  const happen = (event: ServerEvent) => {
    if (!server) return
    const open = isOpen()
    take(serverTransition(server, event, rows, means))
    if (open && !isOpen()) for (const client of clients) tellEnd(client)
  }
  const isOpen = () => server !== undefined && server.phase !== 'completed' && server.phase !== 'abandoned'

  const summed = (): ServerEvent => {
    if (server?.phase !== 'summing') throw new Error('there is nothing to sum')
    const recovery = recoverMasks(server, rows, nodeX25519)
    if (recovery.kind !== 'recovered') throw new Error('the shares do not open the sum')
    const sum = createMaskedSum({ layout: manifest.vector, clients: count, kernels: plainKernels })
    for (const member of server.survivors) {
      const client = rows.session()?.clients[member]
      const vector = client && rows.input(client)?.vector
      const packed = vector && vectors.get(vector)
      if (!packed || sum.fold(member, packed) !== 'folded') throw new Error('a vector is missing')
    }
    sum.unmask(recovery.jobs.map((job) => maskOfJob(recovery.sessionId, job, nodeX25519)))
    const made = secureMean({
      manifest,
      assignment,
      survivors: server.survivors.length,
      words: sum.words(),
      kernels: plainKernels,
    })
    if (made.kind !== 'mean') return { type: 'not-summed', reason: 'out-of-range' }
    mean = made
    return { type: 'summed' }
  }

  /** The question that a client has not answered, on every line anew. */
  const ask = (client: Client) => {
    const message = server && messageFor(server, rows, client.id)
    if (!message) return false
    client.tell(message.type === 'secagg-manifest' ? invitation() : message)
    return true
  }
  const tellEnd = (client: Client) => {
    if (server?.phase === 'completed')
      client.tell({
        type: 'round-ended',
        round: round(1),
        outcome: { kind: 'completed', version: ModelVersion.parse(2) },
      })
    if (server?.phase === 'abandoned')
      client.tell({
        type: 'round-ended',
        round: round(1),
        outcome: { kind: 'abandoned', reason: 'too-few-clients' },
      })
  }

  const hear = (client: Client, message: ClientMessage) => {
    switch (message.type) {
      case 'authenticate':
        return client.tell({
          type: 'welcome',
          client: message.client,
          protocol: 1,
          session: session(),
          now: clock.now(),
        })
      case 'check-in':
        client.tell({ type: 'standby', task })
        if (message.round === undefined) return
        return isOpen() ? ask(client) : tellEnd(client)
      case 'failed':
        return happen({ type: 'left', client: client.id })
      case 'secagg-advertise':
      case 'secagg-share':
      case 'secagg-confirm':
      case 'secagg-unmask':
      case 'secagg-refuse':
        return happen({ type: 'message', from: client.id, message })
      default:
        return
    }
  }

  const receive = ({ envelope, submission, client }: Upload): UploadAnswer => {
    const { identity } = byId(client)
    if (!isOpen()) return { kind: 'round-over' }
    if (!verifySubmission(submission, identity.publicKey)) return { kind: 'refused', detail: 'bad-signature' }
    if (!('masked' in submission.claims)) return { kind: 'refused', detail: 'wrong-claims' }
    const { masked } = submission.claims
    const packed = openUpdate({ envelope, submission }, opener)
    if (digestOf(packed) !== masked.vector) return { kind: 'refused', detail: 'bad-vector' }
    vectors.set(masked.vector, packed)
    happen({ type: 'message', from: client, message: masked })
    return {
      kind: 'received',
      receipt: { round: round(1), client, envelope: submission.envelope, receivedAt: clock.now() },
    }
  }

  const aClient = (at: number) => {
    const identity = identityFromSeed(random.fork(`client ${at}`).bytes(32))
    const heard: ClientMessage[] = []
    const told: CoordinatorMessage[] = []
    const notices: ParticipantNotice[] = []
    const states: Participation[] = []
    const uploads: Upload[] = []
    let line: { end: Channel<CoordinatorMessage, ClientMessage>; cut(reason: string): void } | undefined
    const way: Bulk = {
      async download({ digest }) {
        const bytes = blobs.get(digest)
        return bytes ? { kind: 'received', bytes } : { kind: 'refused', detail: 'not-found' }
      },
      async upload(upload) {
        uploads.push(upload)
        return receive(upload)
      },
    }
    const client = {
      id: identity.clientId,
      identity,
      /** All that this client ever said. */
      heard,
      /** What it was told, lost lines notwithstanding. */
      told,
      notices,
      states,
      uploads,
      /** A test may put something in the way. */
      way,
      tell(message: CoordinatorMessage) {
        for (const each of options.down?.(message, at) ?? [message]) {
          told.push(each)
          line?.end.send(each)
        }
      },
      cut: () => line?.cut('cut'),
      participant: createParticipant({
        task,
        identity,
        connect() {
          const { left, right, cut } = memoryChannel(
            { clock, latencyMs: () => 5 },
            { toLeft: CoordinatorMessage, toRight: ClientMessage },
          )
          line = { end: right, cut }
          right.listen({
            message(message) {
              heard.push(message)
              for (const each of options.up?.(message, at) ?? [message]) hear(client, each)
            },
            closed() {
              if (line?.end === right) line = undefined
            },
          })
          right.send({
            type: 'challenge',
            coordinator: 'world',
            nonce: encodeNonce(new Uint8Array(32)),
            protocols: [1],
          })
          return left
        },
        bulk: { download: (...asked) => way.download(...asked), upload: (...asked) => way.upload(...asked) },
        cache: memoryModelCache(),
        participations: peculiar[at]?.participations ?? memoryParticipationStore(),
        ...(peculiar[at]?.kept && { kept: peculiar[at].kept }),
        trainer: peculiar[at]?.trainer ?? shiftBy(at + 1),
        clock,
        random: random.fork(`jitter ${at}`),
        keyRandom: peculiar[at]?.keyRandom ?? random.fork(`keys ${at}`),
        primitives: { x25519: nodeX25519 },
        privacy: peculiar[at]?.privacy ?? { audience: 'demo' },
        decide: () => ({ kind: 'accept' }),
        told: (notice) => notices.push(notice),
        changed: (state) => states.push(state),
      }),
      status: () => statusOf(client.participant.state()).is,
      said: <T extends ClientMessage['type']>(type: T) =>
        heard.filter((message): message is Extract<ClientMessage, { type: T }> => message.type === type),
      noticed: <T extends ParticipantNotice['type']>(type: T) =>
        notices.filter((notice): notice is Extract<ParticipantNotice, { type: T }> => notice.type === type),
    }
    return client
  }
  const clients = Array.from({ length: count }, (_, at) => aClient(at))
  const byId = (id: ClientId): Client => {
    const client = clients.find((one) => one.id === id)
    if (!client) throw new Error(`${id} is no client of this world`)
    return client
  }

  /** Lets promises and timers have their turn until it has come true. */
  const until = async (what: string, come: () => boolean) => {
    for (let turns = 0; turns < 3_000; turns++) {
      if (come()) return
      await promisesHadTheirTurn()
      if (!come()) clock.step()
    }
    throw new Error(`${what} never came true; the session is ${server?.phase}`)
  }

  for (const { participant } of clients) participant.join()
  await until('all are on the line', () => clients.every((client) => client.status() === 'waiting'))

  return {
    clock,
    clients,
    manifest,
    invitation,
    until,
    begin() {
      take(beginServer({ manifest, invited: clients.map(({ id }) => id), seedPart }))
      return this
    },
    /** A step's time is up. */
    deadline: () => happen({ type: 'deadline' }),
    server: () => server,
    mean: () => mean,
    async ended() {
      await until('the round is over', () => server !== undefined && !isOpen())
      await until('everyone knows', () => clients.every((client) => client.status() === 'waiting'))
    },
    /** Takes the clients away and checks that nothing of them is left. */
    async end() {
      for (const { participant } of clients) participant.leave()
      await Promise.all(clients.map(({ participant }) => participant.settled()))
      await until('no timer left', () => clock.pending() === 0)
    },
  }
}

/** As everything is loaded already, promises follow one another without the event loop's help. */
const promisesHadTheirTurn = async () => {
  for (let depth = 0; depth < 200; depth++) await Promise.resolve()
}

export type SecureWorld = Awaited<ReturnType<typeof aSecureWorld>>

export const clientOf = (world: SecureWorld, at: number) => {
  const client = world.clients[at]
  if (!client) throw new Error(`there is no client ${at}`)
  return client
}
