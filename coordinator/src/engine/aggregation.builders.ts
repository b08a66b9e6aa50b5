import { ModelVersion } from '@tributary/protocols'
import { type CohortKernels, loadCohortKernels } from '@tributary/protocols/cohort-kernels'
import { compressedFormOf, compressionSeed, compressUpdate } from '@tributary/protocols/compression'
import { decodeKeyText, seal } from '@tributary/protocols/crypto'
import { createCentralSum } from '@tributary/protocols/privacy'
import { seededRandom } from '@tributary/protocols/runtime'
import { createRows } from '@tributary/protocols/secagg'
import { manifestOf, updateManifestOf } from '@tributary/protocols/task'
import { decodeSafetensors, encodeSafetensors, totalElements } from '@tributary/protocols/tensors'
import {
  aClientId,
  aDigest,
  aModel,
  anAbandoned,
  anOriginOf,
  aRoundId,
  aSelecting,
  aTask,
} from '../adapters/contracts/arrange.ts'
import { memoryBlobs } from '../adapters/memory/memory-blobs.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { loadEnvelopePrimitives, nodeX25519 } from '../crypto/native-primitives.ts'
import { createRoundKeys } from '../crypto/round-keys.ts'
import type { Task } from '../ports/records.ts'
import type { Member } from '../round/member.ts'
import type { Aggregating, KeptState } from '../round/round.ts'
import { createUpdateReader } from '../submissions/update-reader.ts'
import { createAggregate } from './aggregate.ts'
import { createRoundNoise } from './round-noise.ts'

const { primitives } = await loadEnvelopePrimitives()
const simd = await loadCohortKernels()

export type Upload = {
  client: number
  delta: Float32Array
  examples: number
  metrics?: Record<string, number>
  /** Of a buffered task: by how many versions what it trained from is behind, which the round before this one invited it to. */
  behind?: number
  /** Where the task has it: whether the delta was within the round's norm. */
  within?: boolean
}

export type Wishes = {
  kernels?: CohortKernels
  of?: Task
  /** The weights that are trained from: zeros, unless said. */
  base?: Float32Array
  /** The coordinator's own key, as far as noise goes. */
  noiseKey?: number
  /** In place of the sum that noise is added to. */
  centralSum?: typeof createCentralSum
  /** What the round clips to, where that follows the clients. */
  clip?: number
  /** What the strategy left with the base: nothing, unless said. */
  state?: KeptState
  /** That of the weights that are trained from: 1, unless said. */
  version?: number
  /** Rounds that were abandoned before this one: none, unless said. */
  abandoned?: number
}

/** A round whose updates have arrived in this order, ready to be aggregated. */
export const anAggregation = async (
  arrived: readonly Upload[],
  {
    kernels = simd,
    of: task = aTask('digits'),
    noiseKey = 1,
    centralSum = createCentralSum,
    abandoned = 0,
    ...more
  }: Wishes = {},
) => {
  const manifest = manifestOf(task.file.model)
  const base = more.base ?? new Float32Array(totalElements(manifest))
  const store = await openSqliteStore({ path: ':memory:' })
  const [models, updates] = [memoryBlobs(), memoryBlobs()]
  const weights = await models.put(encodeSafetensors({ tensors: manifest, values: base }))
  const number = abandoned + 1
  const { version = 1 } = more
  const round = aRoundId('digits', number)
  const selecting = {
    ...aSelecting('digits', number),
    base: { version: ModelVersion.parse(version), digest: weights.digest },
  }
  const { state } = more
  const origin = state ? { origin: { ...anOriginOf(aRoundId('digits', 9)), state } } : {}
  await store.commit([
    { kind: 'insert-task', task },
    ...Array.from(
      { length: version },
      (_, i) =>
        ({
          kind: 'insert-model',
          model: aModel('digits', i + 1, i + 1 === version ? { weights, ...origin } : {}),
        }) as const,
    ),
  ])
  for (let before = 1; before < number; before++) {
    await store.commit([
      { kind: 'insert-round', round: { ...aSelecting('digits', before), base: selecting.base } },
    ])
    await store.commit([
      { kind: 'save-round', round: { ...anAbandoned('digits', before), base: selecting.base } },
    ])
  }
  await store.commit([{ kind: 'insert-round', round: selecting }])
  const keys = { store, random: seededRandom('key'), ownKey: new Uint8Array(32), primitives }
  const roundKeys = createRoundKeys(keys)
  await roundKeys.make(round)
  const tensors = updateManifestOf(task.file)
  for (const { client: n, delta, examples, metrics = {}, within, behind = 0 } of arrived) {
    const client = aClientId(n)
    const values = within === undefined ? delta : Float32Array.of(...delta, within ? 1 : 0)
    const to = behind > 0 ? aRoundId('digits', number - 1) : round
    const key = await roundKeys.make(to)
    const base = {
      version: ModelVersion.parse(selecting.base.version - behind),
      digest: behind > 0 ? aDigest(`${behind} before`) : weights.digest,
    }
    const context = { task: task.id, round: to, client, model: base.digest }
    const form = compressedFormOf(task.file)
    const plaintext = form
      ? compressUpdate(values, form, { seed: compressionSeed(context), random: seededRandom(n) }).bytes
      : encodeSafetensors({ tensors, values })
    const { digest, bytes } = await updates.put(seal({ plaintext, recipient: decodeKeyText(key), context }))
    const receipt = { envelope: digest, bytes, examples, metrics, receivedAt: selecting.openedAt }
    const invitation = { round: to, base, publicKey: key, at: selecting.openedAt }
    const member: Member = {
      status: 'received',
      round,
      client,
      ...(task.file.mode.kind === 'buffered' && { invitation }),
      receipt,
    }
    await store.commit([{ kind: 'save-member', member }])
  }
  const { phase: _, wanted: __, deadlineAt, ...head } = selecting
  const tally = { invited: 9, accepted: 0, declined: 0, failed: 0, received: arrived.length }
  const aggregating: Aggregating = {
    ...head,
    ...(more.clip !== undefined && { clip: more.clip }),
    phase: 'aggregating',
    tally,
    startedAt: deadlineAt,
  }
  const readUpdate = createUpdateReader(kernels.firstNonFinite)
  const aggregate = createAggregate({
    store,
    models,
    updates,
    roundKeys,
    readUpdate,
    kernels,
    session: async () => ({ round: aggregating, rows: createRows() }),
    unmask: async ({ length }) => new Uint32Array(length),
    x25519: nodeX25519,
    centralSum,
    noise: createRoundNoise({ store, ownKey: new Uint8Array(32).fill(noiseKey) }),
  })
  const run = () => aggregate(aggregating)
  /** The new weights that the round makes. */
  const weightsMade = async (): Promise<Float32Array> => {
    const result = await run()
    if (result.kind !== 'aggregated') throw new Error(result.detail)
    return decodeSafetensors((await models.read(result.weights.digest)) ?? new Uint8Array()).values
  }
  return { store, models, updates, roundKeys, round, run, weightsMade }
}
