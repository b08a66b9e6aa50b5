import type { Digest } from '@tributary/protocols'
import { decodeKeyText, seal } from '@tributary/protocols/crypto'
import { type Kernels, loadKernels, plainKernels } from '@tributary/protocols/kernels'
import { seededRandom, shuffle } from '@tributary/protocols/runtime'
import { manifestOf } from '@tributary/protocols/task'
import { decodeSafetensors, encodeSafetensors } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { aClientId, aModel, aRoundId, aSelecting, aTask } from '../adapters/contracts/arrange.ts'
import { memoryBlobs } from '../adapters/memory/memory-blobs.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { loadEnvelopePrimitives } from '../crypto/native-primitives.ts'
import { createRoundKeys } from '../crypto/round-keys.ts'
import type { Blobs } from '../ports/blobs.ts'
import type { Member } from '../round/member.ts'
import type { Aggregating } from '../round/round.ts'
import { createUpdateReader } from '../submissions/update-reader.ts'
import { createAggregate } from './aggregate.ts'

const { primitives } = await loadEnvelopePrimitives()
const simd = await loadKernels()
const round = aRoundId('digits', 1)
const task = aTask('digits')
const manifest = manifestOf(task.file.model)
const base = Float32Array.of(1, -1, 0.5, 0, 2, -2)

type Upload = { client: number; delta: Float32Array; examples: number; metrics?: Record<string, number> }

const uploads = (count: number): Upload[] => {
  const random = seededRandom('uploads')
  return Array.from({ length: count }, (_, i) => ({
    client: i,
    delta: Float32Array.from(random.bytes(6), (byte) => byte / 77 - 1.5),
    examples: 1 + (random.bytes(1)[0] ?? 0),
  }))
}

/** A round whose updates have arrived in this order, ready to be aggregated. */
const anAggregation = async (arrived: readonly Upload[], kernels: Kernels = simd) => {
  const store = await openSqliteStore({ path: ':memory:' })
  const [models, updates] = [memoryBlobs(), memoryBlobs()]
  const weights = await models.put(encodeSafetensors({ tensors: manifest, values: base }))
  const selecting = { ...aSelecting('digits', 1), base: { ...aSelecting().base, digest: weights.digest } }
  await store.commit([
    { kind: 'insert-task', task },
    { kind: 'insert-model', model: aModel('digits', 1, { weights }) },
    { kind: 'insert-round', round: selecting },
  ])
  const keys = { store, random: seededRandom('key'), ownKey: new Uint8Array(32), primitives }
  const roundKeys = createRoundKeys(keys)
  const publicKey = decodeKeyText(await roundKeys.make(round))
  for (const { client: n, delta, examples, metrics = {} } of arrived) {
    const client = aClientId(n)
    const plaintext = encodeSafetensors({ tensors: manifest, values: delta })
    const context = { task: task.id, round, client, model: weights.digest }
    const { digest, bytes } = await updates.put(seal({ plaintext, recipient: publicKey, context }))
    const receipt = { envelope: digest, bytes, examples, metrics, receivedAt: selecting.openedAt }
    const member: Member = { status: 'received', round, client, receipt }
    await store.commit([{ kind: 'save-member', member }])
  }
  const { phase: _, wanted: __, deadlineAt, ...head } = selecting
  const tally = { invited: 9, accepted: 0, declined: 0, failed: 0, received: arrived.length }
  const aggregating: Aggregating = { ...head, phase: 'aggregating', tally, startedAt: deadlineAt }
  const readUpdate = createUpdateReader(kernels.firstNonFinite)
  const aggregate = createAggregate({ store, models, updates, roundKeys, readUpdate, kernels })
  return { store, models, updates, roundKeys, run: () => aggregate(aggregating) }
}

const allOf = async (blobs: Blobs): Promise<Digest[]> => {
  const found: Digest[] = []
  for await (const { digest } of blobs.list()) found.push(digest)
  return found
}

describe('[R12] a round’s updates', () => {
  test('give the same model, byte for byte, whatever the order in which they came, twice over, on either kernels', async () => {
    const inOrder = await (await anAggregation(uploads(9))).run()
    expect(inOrder).toMatchObject({ kind: 'aggregated' })
    for (const seed of [1, 2, 3]) {
      const other = await anAggregation(shuffle(seededRandom(seed), uploads(9)))
      expect(await other.run()).toEqual(inOrder)
      expect(await other.run()).toEqual(inOrder)
    }
    expect(await (await anAggregation(uploads(9), plainKernels)).run()).toEqual(inOrder)
  })

  test('become base plus their mean by examples', async () => {
    const { run, models } = await anAggregation([
      { client: 2, delta: Float32Array.of(1, 0, 0, 0, 0, 4), examples: 1 },
      { client: 1, delta: Float32Array.of(0, 1, 0, 0, 0, 4), examples: 3 },
    ])
    const result = await run()
    expect(result).toMatchObject({ kind: 'aggregated', examples: 4 })
    if (result.kind !== 'aggregated') return
    const file = decodeSafetensors((await models.read(result.weights.digest)) ?? new Uint8Array())
    expect(file.tensors).toEqual(manifest)
    expect(file.values).toEqual(Float32Array.of(1.25, -0.25, 0.5, 0, 2, 2))
  })
})

test('[R20] metrics are means by examples over the clients that report them, by name', async () => {
  const delta = new Float32Array(6)
  const { run } = await anAggregation([
    { client: 1, delta, examples: 1, metrics: { loss: 1, accuracy: 0.5 } },
    { client: 2, delta, examples: 3, metrics: { loss: 2 } },
    { client: 3, delta, examples: 4 },
  ])
  const result = await run()
  expect(result).toMatchObject({ examples: 8, metrics: { accuracy: 0.5, loss: 1.75 } })
  expect(result.kind === 'aggregated' && Object.keys(result.metrics)).toEqual(['accuracy', 'loss'])
})

test('[R20] the largest numbers that a client can claim are averaged like others, and never overflow', async () => {
  const delta = new Float32Array(6)
  const most = { examples: 2_147_483_647, delta }
  const [highest, lowest] = [Number.MAX_VALUE, -Number.MAX_VALUE]
  const { run } = await anAggregation([
    { ...most, client: 1, metrics: { high: highest, apart: highest, low: lowest } },
    { ...most, client: 2, metrics: { high: highest, apart: lowest, low: lowest } },
    ...uploads(9).map((upload) => ({ ...upload, client: upload.client + 3, metrics: { low: lowest } })),
  ])
  const result = await run()
  expect(result).toMatchObject({ kind: 'aggregated', metrics: { apart: 0, high: highest } })
  expect(result.kind === 'aggregated' && result.metrics.low).toBeLessThan(0.999_999 * lowest)
  expect(result.kind === 'aggregated' && result.metrics.low).toBeGreaterThanOrEqual(lowest)
})

describe('[R14] an aggregation that cannot be', () => {
  test('says that an acknowledged update is gone', async () => {
    const { run, updates } = await anAggregation(uploads(3))
    const [first] = await allOf(updates)
    if (first) await updates.delete(first)
    expect(await run()).toEqual({
      kind: 'refused',
      reason: 'aggregation-failed',
      detail: expect.stringMatching(/^the acknowledged update of client c-0{31}\d is gone from storage$/),
    })
  })

  test('says that the round’s key is gone, and that the base is', async () => {
    const keyless = await anAggregation(uploads(1))
    await keyless.roundKeys.destroy(round)
    expect(await keyless.run()).toMatchObject({
      reason: 'aggregation-failed',
      detail: 'the round key cannot be found',
    })
    const baseless = await anAggregation(uploads(1))
    for (const digest of await allOf(baseless.models)) await baseless.models.delete(digest)
    expect(await baseless.run()).toMatchObject({ detail: 'the base weights cannot be found' })
  })

  test('is refused by a gate where the sum overflows, though every update was finite', async () => {
    const delta = new Float32Array(6).fill(3e38)
    const { run, models } = await anAggregation([
      { client: 1, delta, examples: 2 },
      { client: 2, delta, examples: 2 },
    ])
    const before = await allOf(models)
    expect(await run()).toEqual({
      kind: 'refused',
      reason: 'gate-refused',
      detail: 'the new weights are not finite',
    })
    expect(await allOf(models)).toEqual(before)
  })
})
