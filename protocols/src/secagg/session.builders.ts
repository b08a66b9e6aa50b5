/** A whole session in memory for tests: real machines, real keys, and a line that a test may tamper with. */
import { createPrivateKey, createPublicKey, diffieHellman, sign, verify } from 'node:crypto'
import { encodeNonce, encodePublicKey } from '../crypto/encoded.ts'
import { concatBytes, fromHex, toHex } from '../crypto/encoding.ts'
import { type Identity, identityFromSeed } from '../crypto/identity.ts'
import type { X25519 } from '../crypto/key-agreement.ts'
import { type ClientId, Digest, RoundId, TaskId } from '../ids.ts'
import { plainKernels } from '../kernels/plain.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { digestOf } from '../tensors/digest.ts'
import { beginClient } from './client/begin.ts'
import type { ClientEffect, ClientMeans, ClientState, ClientStep } from './client/states.ts'
import { clientTransition } from './client/transition.ts'
import { COMPILED_FLOORS, type Expectation } from './floors.ts'
import { Manifest } from './manifest.ts'
import { maskVector } from './mask-items.ts'
import { ClientSecaggMessage, CoordinatorSecaggMessage } from './messages.ts'
import { quantizeVector, type VectorSum } from './quantize-vector.ts'
import { beginServer } from './server/advertising.ts'
import { messageFor } from './server/message-for.ts'
import { maskOfJob, recoverMasks } from './server/recover-masks.ts'
import { createRows, rowsOfGroup } from './server/rows.ts'
import type { Decision, ServerEvent, ServerMeans, ServerState } from './server/states.ts'
import { ServerState as ServerStateSchema } from './server/states.ts'
import { createMaskedSum } from './server/sum.ts'
import { serverTransition } from './server/transition.ts'
import { seedPartCommitment } from './session.ts'

const der = (prefix: string, bytes: Uint8Array) => Buffer.from(concatBytes(fromHex(prefix), bytes))
const memo = <T>(make: (bytes: Uint8Array) => T) => {
  const made = new Map<string, T>()
  return (bytes: Uint8Array): T => {
    const name = toHex(bytes)
    const found = made.get(name) ?? make(bytes)
    made.set(name, found)
    return found
  }
}
const privateKey = memo((secret) =>
  createPrivateKey({ key: der('302e020100300506032b656e04220420', secret), format: 'der', type: 'pkcs8' }),
)
const publicKey = memo((bytes) =>
  createPublicKey({ key: der('302a300506032b656e032100', bytes), format: 'der', type: 'spki' }),
)
const raw = memo(
  (secret) =>
    new Uint8Array(createPublicKey(privateKey(secret)).export({ format: 'der', type: 'spki' }).subarray(-32)),
)

/** X25519 by OpenSSL: many times as fast as the reference, which has its own tests. */
export const nodeX25519: X25519 = {
  publicKey: (secret) => raw(secret).slice(),
  sharedSecret(secret, peer) {
    try {
      return new Uint8Array(diffieHellman({ privateKey: privateKey(secret), publicKey: publicKey(peer) }))
    } catch {
      return null
    }
  },
}

const edPublicKey = memo((bytes) =>
  createPublicKey({ key: der('302a300506032b6570032100', bytes), format: 'der', type: 'spki' }),
)
export const nodeVerify: NonNullable<ClientMeans['verifySignature']> = (key, message, signature) =>
  verify(null, message, edPublicKey(key), signature)
const identityOf = (name: string): Identity =>
  identityFromSeed(digestBytes(name), (seed) => {
    const key = createPrivateKey({
      key: der('302e020100300506032b657004220420', seed),
      format: 'der',
      type: 'pkcs8',
    })
    const spki = createPublicKey(key).export({ format: 'der', type: 'spki' })
    return {
      publicKey: new Uint8Array(spki.subarray(-32)),
      sign: (message) => new Uint8Array(sign(null, message, key)),
    }
  })

export const digestBytes = (name: string): Uint8Array => fromHex(digestOf(Buffer.from(name)).slice(7))

export const coordinator = identityOf('the coordinator')
export const serverMeans: ServerMeans = {
  sign: coordinator.sign,
  x25519: nodeX25519,
  verifySignature: nodeVerify,
}
export const seedPart = digestBytes('seed part')

/** Clients in the order of their ids, which is that of members while nobody is missing. */
export const someIdentities = (count: number): Identity[] =>
  Array.from({ length: count }, (_, at) => identityOf(`client ${at}`)).sort((a, b) =>
    a.clientId < b.clientId ? -1 : 1,
  )

/** A manifest for so many clients, who each sum a unit vector of their own. */
export const aManifest = (clients: number, changes: Partial<Manifest> = {}): Manifest =>
  Manifest.parse({
    protocol: 'flsa/1',
    task: 'digits',
    round: 'digits.3',
    model: Digest.parse(`sha256:${'5c'.repeat(32)}`),
    plan: Digest.parse(`sha256:${'a7'.repeat(32)}`),
    coordinator: encodePublicKey(coordinator.publicKey),
    audience: 'demo',
    cohort: { least: 2, most: clients },
    graph: {
      adversary: 'lying',
      corrupt: 0,
      dropout: 0.3,
      seedCommitment: encodeNonce(seedPartCommitment(seedPart)),
    },
    unmasking: 'direct',
    vector: {
      bits: 26,
      maxWeight: 1_000,
      segments: [
        { name: 'who', length: clients, bound: 1, averagedBy: 'clients' },
        { name: 'loss', length: 1, bound: 8, averagedBy: 'examples' },
      ],
    },
    privacy: { mechanism: 'none' },
    ...changes,
  })

export const expectationOf = (manifest: Manifest): Expectation => ({
  task: TaskId.parse(manifest.task),
  round: RoundId.parse(manifest.round),
  model: manifest.model,
  plan: manifest.plan,
  audience: manifest.audience,
  floors: COMPILED_FLOORS[manifest.audience],
})

/** What may happen to a message on its way: nothing, or these instead of it, now or later. */
export type Tamper = {
  /** What arrives is read through the schema again: what is no message drops its sender. */
  up?(
    message: ClientSecaggMessage,
    from: ClientId,
  ): {
    now: unknown[]
    /** When all else has been heard, before the step's deadline. */
    later?: unknown[]
    /** After it. */
    overdue?: unknown[]
  }
  down?(message: CoordinatorSecaggMessage, to: ClientId): CoordinatorSecaggMessage[]
  /** Which of so many waiting messages is heard next. */
  pick?(waiting: number): number
}

export type Party = { identity: Identity; means: ClientMeans; place: number; examples: number }

/** A session among these clients that runs until nothing happens any more; deadlines pass when all is quiet. */
export const playSession = (input: {
  manifest: Manifest
  clients: number
  tamper?: Tamper
  /** Stops where this message is about to be heard. */
  pauseAt?: (message: CoordinatorSecaggMessage, to: ClientId) => boolean
}) => {
  const { manifest, tamper = {} } = input
  const parties = new Map<ClientId, Party>(
    someIdentities(input.clients).map((identity, place) => [
      identity.clientId,
      {
        identity,
        place,
        examples: 1 + ((place * 37) % 900),
        means: { identity, x25519: nodeX25519, verifySignature: nodeVerify },
      },
    ]),
  )
  const states = new Map<ClientId, ClientState>()
  const shown: { client: ClientId; message: ClientSecaggMessage }[] = []
  const blobs = new Map<Digest, Uint8Array>()
  const kept = createRows()
  const rows = { ...rowsOfGroup(kept, manifest.group ?? 0), keep: kept.keep }
  const upward: { from: ClientId; message: unknown }[] = []
  const late: { from: ClientId; message: unknown }[] = []
  const overdue: { from: ClientId; message: unknown }[] = []
  const downward: { to: ClientId; message: CoordinatorSecaggMessage }[] = []
  let server: ServerState
  let sum: VectorSum | undefined

  const take = (decision: Decision) => {
    // As a database would give it back.
    server = ServerStateSchema.parse(JSON.parse(JSON.stringify(decision.state)))
    for (const row of decision.rows) rows.keep(JSON.parse(JSON.stringify(row)))
    for (const effect of decision.effects) {
      if (effect.type === 'tell')
        for (const to of effect.clients) {
          const message = messageFor(server, rows, to)
          if (!message) continue
          const parsed = CoordinatorSecaggMessage.parse(JSON.parse(JSON.stringify(message)))
          for (const told of tamper.down?.(parsed, to) ?? [parsed]) downward.push({ to, message: told })
        }
      if (effect.type === 'sum') take(serverTransition(server, summed(), rows, serverMeans))
    }
  }
  const summed = (): ServerEvent => {
    if (server.phase !== 'summing') throw new Error('there is nothing to sum')
    const recovery = recoverMasks(server, rows, nodeX25519)
    if (recovery.kind === 'wrong-dealing')
      return { type: 'not-summed', reason: 'wrong-dealing', culprit: recovery.culprit }
    const masked = createMaskedSum({
      layout: manifest.vector,
      clients: manifest.cohort.most,
      kernels: plainKernels,
    })
    const record = rows.session()
    for (const member of server.survivors) {
      const vector = rows.input(record?.clients[member] ?? parties.keys().next().value ?? fail())?.vector
      const packed = vector && blobs.get(vector)
      if (!packed || masked.fold(member, packed) !== 'folded') throw new Error('a vector is missing')
    }
    masked.unmask(recovery.jobs.map((job) => maskOfJob(recovery.sessionId, job, nodeX25519)))
    const finished = masked.finish()
    if (finished.kind !== 'sum') return { type: 'not-summed', reason: 'out-of-range' }
    sum = finished
    return { type: 'summed' }
  }
  const perform = (client: ClientId, step: ClientStep) => {
    states.set(client, step.state)
    for (const effect of step.effects) performOne(client, effect)
  }
  const performOne = (client: ClientId, effect: ClientEffect) => {
    const party = parties.get(client) ?? fail()
    if (effect.type === 'erase') for (const secret of effect.secrets) secret.fill(0)
    if (effect.type === 'send') {
      const message = ClientSecaggMessage.parse(JSON.parse(JSON.stringify(effect.message)))
      shown.push({ client, message })
      const told = tamper.up?.(message, client) ?? { now: [message] }
      const { now, later = [] } = told
      for (const each of now) upward.push({ from: client, message: each })
      for (const each of later) late.push({ from: client, message: each })
      for (const each of told.overdue ?? []) overdue.push({ from: client, message: each })
    }
    if (effect.type === 'mask') {
      const packed = maskVector({
        words: quantized(manifest, party).words,
        items: effect.items,
        bits: manifest.vector.bits,
        kernels: plainKernels,
      })
      const vector = digestOf(packed)
      blobs.set(vector, packed)
      const state = states.get(client) ?? fail()
      perform(
        client,
        clientTransition(state, { type: 'vector-masked', vector, bytes: packed.length }, party.means),
      )
    }
  }
  const hear = ({ from, message }: { from: ClientId; message: unknown }) => {
    const read = ClientSecaggMessage.safeParse(message)
    const event: ServerEvent = read.success
      ? { type: 'message', from, message: read.data }
      : { type: 'malformed', from }
    take(serverTransition(now(), event, rows, serverMeans))
  }
  const deliver = ({ to, message }: { to: ClientId; message: CoordinatorSecaggMessage }) => {
    const party = parties.get(to) ?? fail()
    const state = states.get(to)
    if (state) return perform(to, clientTransition(state, { type: 'message', message }, party.means))
    if (message.type !== 'secagg-manifest') return
    const entropy = seededRandom(`entropy of ${to}`).bytes(32)
    perform(to, beginClient({ message, expected: expectationOf(manifest), entropy }, party.means))
  }

  take(beginServer({ manifest, invited: [...parties.keys()], seedPart }))
  for (let quiet = 0; quiet < 8; ) {
    const down = downward.shift()
    const up = down ? undefined : upward.splice(tamper.pick?.(upward.length) ?? 0, 1)[0]
    if (down && input.pauseAt?.(down.message, down.to)) break
    if (down) deliver(down)
    else if (up) hear(up)
    else {
      const held = late.splice(0)
      if (held.length > 0) upward.push(...held)
      else if (['completed', 'abandoned'].includes(now().phase)) break
      else {
        take(serverTransition(now(), { type: 'deadline' }, rows, serverMeans))
        upward.push(...overdue.splice(0))
        quiet += 1
      }
    }
  }
  return { server: now(), rows, states, parties, shown, sum }

  function now(): ServerState {
    return server
  }
}

const quantized = (manifest: Manifest, { place, examples }: Party) => {
  const [who] = manifest.vector.segments
  const unit = new Float32Array(who?.length ?? 0)
  unit[place] = 1
  return quantizeVector({
    layout: manifest.vector,
    clients: manifest.cohort.most,
    weight: examples,
    values: { who: unit, loss: Float32Array.of(2) },
    kernels: plainKernels,
    random: seededRandom(`rounding of ${place}`),
  })
}

const fail = (): never => {
  throw new Error('the test set has no such party')
}
