/** Real clients for a secure round: their machines, keys and vectors, without lines and training. */
import { type ClientId, Digest, TaskId } from '@tributary/protocols'
import { encodeNonce, encodePublicKey, type Identity, identityFromSeed } from '@tributary/protocols/crypto'
import { plainKernels } from '@tributary/protocols/kernels'
import { seededRandom } from '@tributary/protocols/runtime'
import {
  beginClient,
  type ClientEffect,
  type ClientSecaggMessage,
  type ClientState,
  COMPILED_FLOORS,
  type CoordinatorSecaggMessage,
  clientTransition,
  Manifest,
  type MaskedMessage,
  maskVector,
  quantizeVector,
  seedPartCommitment,
} from '@tributary/protocols/secagg'
import { digestOf } from '@tributary/protocols/tensors'
import { digits3 } from './round.builders.ts'

export const signing = identityFromSeed(seededRandom('coordinator').bytes(32))
export const means = { sign: signing.sign }
export const seedPart = seededRandom('seed part').bytes(32)

/** In the order of their ids. */
export const identities = (count: number): Identity[] =>
  Array.from({ length: count }, (_, at) => identityFromSeed(seededRandom(`client ${at}`).bytes(32))).sort(
    (a, b) => (a.clientId < b.clientId ? -1 : 1),
  )

/** Of round `digits.3`, in which each client sums a unit vector of its own. */
export const aManifest = (clients: number, changes: Partial<Manifest> = {}): Manifest =>
  Manifest.parse({
    protocol: 'flsa/1',
    task: TaskId.parse('digits'),
    round: digits3,
    model: Digest.parse(`sha256:${'5c'.repeat(32)}`),
    plan: Digest.parse(`sha256:${'a7'.repeat(32)}`),
    coordinator: encodePublicKey(signing.publicKey),
    audience: 'demo',
    cohort: { least: 3, most: clients },
    graph: {
      adversary: 'lying',
      corrupt: 0,
      dropout: 0.3,
      seedCommitment: encodeNonce(seedPartCommitment(seedPart)),
    },
    unmasking: 'direct',
    vector: {
      bits: 26,
      maxWeight: 100,
      segments: [{ name: 'delta', length: clients, bound: 1, averagedBy: 'examples' }],
    },
    privacy: { mechanism: 'none' },
    ...changes,
  })

export type SecureClient = {
  id: ClientId
  /** What it says to a message; a vector that it masks is kept under its digest. */
  hear(message: CoordinatorSecaggMessage): ClientSecaggMessage[]
  vectors: Map<Digest, Uint8Array>
}

/** A client that has its update ready whenever it is asked to mask it. */
export const aSecureClient = (
  { identity, place }: { identity: Identity; place: number },
  manifest: Manifest,
): SecureClient => {
  const vectors = new Map<Digest, Uint8Array>()
  const clientMeans = { identity }
  let state: ClientState | undefined
  const perform = (effects: readonly ClientEffect[]): ClientSecaggMessage[] =>
    effects.flatMap((effect): ClientSecaggMessage[] => {
      if (effect.type === 'send') return [effect.message]
      if (effect.type !== 'mask' || !state) return []
      const { words } = quantizeVector({
        layout: manifest.vector,
        clients: manifest.cohort.most,
        weight: 1,
        values: {
          delta: Float32Array.from({ length: manifest.cohort.most }, (_, at) => (at === place ? 1 : 0)),
        },
        kernels: plainKernels,
        random: seededRandom(`rounding of ${place}`),
      })
      const packed = maskVector({
        words,
        items: effect.items,
        bits: manifest.vector.bits,
        kernels: plainKernels,
      })
      const vector = digestOf(packed)
      vectors.set(vector, packed)
      const step = clientTransition(
        state,
        { type: 'vector-masked', vector, bytes: packed.length },
        clientMeans,
      )
      state = step.state
      return perform(step.effects)
    })
  return {
    id: identity.clientId,
    vectors,
    hear(message) {
      const step =
        state || message.type !== 'secagg-manifest'
          ? state && clientTransition(state, { type: 'message', message }, clientMeans)
          : beginClient(
              {
                message,
                expected: { ...manifest, floors: COMPILED_FLOORS[manifest.audience] },
                entropy: seededRandom(`entropy of ${place}`).bytes(32),
              },
              clientMeans,
            )
      if (!step) return []
      state = step.state
      return perform(step.effects)
    },
  }
}

/** A receipt for a masked vector that has been kept. */
export const aMaskedReceipt = (masked: MaskedMessage, receivedAt = 50_000) => ({
  envelope: masked.vector,
  bytes: masked.bytes + 100,
  masked,
  receivedAt,
})
