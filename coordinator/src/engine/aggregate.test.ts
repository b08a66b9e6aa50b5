import type { Digest } from '@tributary/protocols'
import { loadCohortKernels, plainCohortKernels } from '@tributary/protocols/cohort-kernels'
import { seededRandom, shuffle } from '@tributary/protocols/runtime'
import { manifestOf, TaskFile, type TaskFileInput } from '@tributary/protocols/task'
import { decodeSafetensors } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { aTask } from '../adapters/contracts/arrange.ts'
import type { Blobs } from '../ports/blobs.ts'
import { anAggregation as aRound, type Upload, type Wishes } from './aggregation.builders.ts'

const simd = await loadCohortKernels()
const task = aTask('digits')
const manifest = manifestOf(task.file.model)
const base = Float32Array.of(1, -1, 0.5, 0, 2, -2)

const uploads = (count: number): Upload[] => {
  const random = seededRandom('uploads')
  return Array.from({ length: count }, (_, i) => ({
    client: i,
    delta: Float32Array.from(random.bytes(6), (byte) => byte / 77 - 1.5),
    examples: 1 + (random.bytes(1)[0] ?? 0),
  }))
}

const anAggregation = (arrived: readonly Upload[], wishes: Wishes = {}) =>
  aRound(arrived, { kernels: simd, base, of: task, ...wishes })

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
    expect(await (await anAggregation(uploads(9), { kernels: plainCohortKernels })).run()).toEqual(inOrder)
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

  test('[R34] that are compressed become the same model, byte for byte, in whatever order they came', async () => {
    const of = {
      ...task,
      file: TaskFile.parse({
        ...task.file,
        compression: { rotation: 'hadamard', sparsify: { kind: 'random-k', share: 0.5 }, bits: 8 },
      }),
    }
    const inOrder = await (await anAggregation(uploads(9), { of })).run()
    expect(inOrder).toMatchObject({ kind: 'aggregated' })
    expect(await (await anAggregation(shuffle(seededRandom(1), uploads(9)), { of })).run()).toEqual(inOrder)
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

test('[R20] a metric may be called what every object has: only who reported it counts', async () => {
  const delta = new Float32Array(6)
  const { run } = await anAggregation([
    { client: 1, delta, examples: 1, metrics: { constructor: 1, toString: 2 } as Record<string, number> },
    { client: 2, delta, examples: 3, metrics: { loss: 2 } },
  ])
  expect(await run()).toMatchObject({ kind: 'aggregated' })
  const result = await run()
  expect(result.kind === 'aggregated' && result.metrics).toEqual(
    Object.fromEntries([
      ['constructor', 1],
      ['loss', 2],
      ['toString', 2],
    ]),
  )
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
    await keyless.roundKeys.destroy(keyless.round)
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

describe('a strategy that is not the mean', () => {
  const of = (strategy: NonNullable<TaskFileInput['strategy']>) => aTask('digits', { file: { strategy } })
  const weightsOf = async (blobs: Blobs, digest: Digest) =>
    decodeSafetensors((await blobs.read(digest)) ?? new Uint8Array())

  test('[R12] that needs all updates gives the same bytes whatever the order, and stands what a mean does not', async () => {
    const liar = { client: 4, delta: new Float32Array(6).fill(-1e30), examples: 2_147_483_647 }
    const krum = of({ name: 'multi-krum', byzantine: 2 })
    const sent = [...uploads(9).filter(({ client }) => client !== 4), liar]
    const first = await anAggregation(sent, { of: krum })
    const made = await first.run()
    for (const seed of [1, 2])
      expect(
        await (
          await anAggregation(shuffle(seededRandom(seed), sent), { of: krum, kernels: plainCohortKernels })
        ).run(),
      ).toEqual(made)
    if (made.kind !== 'aggregated') throw new Error(made.detail)
    const { values } = await weightsOf(first.models, made.weights.digest)
    for (const [i, weight] of values.entries()) expect(Math.abs(weight - (base[i] ?? 0))).toBeLessThan(2)
  })

  test('with fewer updates than it needs makes nothing, and says so', async () => {
    const { run } = await anAggregation(uploads(6), { of: of({ name: 'krum', byzantine: 2 }) })
    expect(await run()).toEqual({
      kind: 'refused',
      reason: 'aggregation-failed',
      detail: 'the rule needs at least 7 updates, and there are 6',
    })
  })

  test('that carries something on keeps it beside the weights, and has it again where the base was left with it', async () => {
    const adam = of({ name: 'fedadam' })
    const first = await anAggregation(uploads(3), { of: adam })
    const made = await first.run()
    expect(await first.run()).toEqual(made)
    if (made.kind !== 'aggregated' || !made.state?.vectors) throw new Error('there is a state')
    const { tensors, values } = await weightsOf(first.models, made.state.vectors.digest)
    expect(tensors).toEqual([
      { name: 'm', shape: [6], dtype: 'F32' },
      { name: 'v', shape: [6], dtype: 'F32' },
    ])
    const file = await first.models.read(made.state.vectors.digest)
    const second = await anAggregation(uploads(3), { of: adam, state: made.state })
    expect(await second.run()).toEqual({
      kind: 'refused',
      reason: 'aggregation-failed',
      detail: 'the state that the strategy left with the base cannot be found',
    })
    await second.models.put(file ?? new Uint8Array())
    const after = await second.run()
    if (after.kind !== 'aggregated' || !after.state?.vectors) throw new Error('there is a state')
    const carried = await weightsOf(second.models, after.state.vectors.digest)
    // With the same mean delta again, m' = 0.9 m + 0.1 Δ = 1.9 m.
    for (let i = 0; i < 6; i++) expect(carried.values[i]).toBeCloseTo(1.9 * (values[i] ?? Number.NaN), 5)
  })

  test('that carries numbers alone keeps them in the row', async () => {
    const bounding = of({ name: 'norm-bounding' })
    const made = await (await anAggregation(uploads(3), { of: bounding })).run()
    if (made.kind !== 'aggregated' || !made.state) throw new Error('there is a state')
    expect(made.state).toEqual({ numbers: { clipNorm: expect.any(Number), zeroNorm: expect.any(Number) } })
    const after = await (await anAggregation(uploads(3), { of: bounding, state: made.state })).run()
    // All three are longer than 1: the norm grows by the same factor again.
    expect(after).toMatchObject({
      state: { numbers: { clipNorm: expect.closeTo((made.state.numbers.clipNorm ?? 0) ** 2, 9) } },
    })
  })

  test('that needs more of a client than a delta has it from the claims', async () => {
    const of3 = (steps: number) => uploads(3).map((upload) => ({ ...upload, metrics: { steps } }))
    const nova = of({ name: 'fednova' })
    const alike = await anAggregation(of3(5), { of: nova })
    const mean = await anAggregation(of3(5))
    const [one, other] = [await alike.weightsMade(), await mean.weightsMade()]
    for (const [i, weight] of one.entries()) expect(weight).toBeCloseTo(other[i] ?? Number.NaN, 5)
    expect(await (await anAggregation(uploads(3), { of: nova })).run()).toMatchObject({
      reason: 'aggregation-failed',
      detail: expect.stringContaining('claims too little for the strategy'),
    })
  })
})

describe('under differential privacy', () => {
  const noised = (differentialPrivacy: NonNullable<TaskFileInput['privacy']>['differentialPrivacy']) =>
    aTask('digits', {
      file: { privacy: { mode: 'sealed', differentialPrivacy }, cohort: { target: 4, quorum: 4 } },
    })
  const common = {
    budget: { epsilon: 100, delta: 1e-5 },
    participation: { most: 3 },
    clipping: { kind: 'fixed', clipNorm: 1 },
  } as const
  const central = (noiseMultiplier: number) => noised({ mechanism: 'central', noiseMultiplier, ...common })

  /** What the new weights have more than the base. */
  const movedBy = async (arrived: readonly Upload[], more: Wishes) => {
    const { run, models } = await anAggregation(arrived, more)
    const result = await run()
    expect(await run()).toEqual(result)
    if (result.kind !== 'aggregated') throw new Error(result.detail)
    const file = decodeSafetensors((await models.read(result.weights.digest)) ?? new Uint8Array())
    return { moved: file.values.map((value, i) => value - (base[i] ?? 0)), result }
  }

  test('[R12] every update is clipped again, counts alike, and the sum is divided by the quorum; the same again gives the same', async () => {
    const { moved, result } = await movedBy(
      [
        { client: 1, delta: Float32Array.of(3, 4, 0, 0, 0, 0), examples: 1, metrics: { loss: 1 } },
        { client: 2, delta: Float32Array.of(0, 0, 0.5, 0, 0, 0), examples: 900, metrics: { loss: 9 } },
      ],
      { of: central(0.01) },
    )
    expect(result).toMatchObject({ examples: 2, metrics: {} })
    for (const [i, exact] of [0.6, 0.8, 0.5, 0, 0, 0].entries())
      expect(Math.abs((moved[i] ?? Number.NaN) - exact / 4)).toBeLessThan(0.02)
  })

  test('that each client has added itself is averaged as it came, each alike', async () => {
    const { moved, result } = await movedBy(
      [
        { client: 1, delta: Float32Array.of(3, 0, 0, 0, 0, 0), examples: 1, metrics: { loss: 1 } },
        { client: 2, delta: Float32Array.of(0, 5, 0, 0, 0, 0), examples: 900, metrics: { loss: 9 } },
      ],
      { of: noised({ mechanism: 'local', noiseMultiplier: 2, ...common }) },
    )
    expect([moved[0], moved[1]]).toEqual([1.5, 2.5])
    expect(result).toMatchObject({ examples: 2, metrics: {} })
  })

  describe('of which the norm follows the clients', () => {
    const following = (countNoise: number, quantile = 0.5) =>
      noised({
        mechanism: 'central',
        noiseMultiplier: 0.01,
        ...common,
        clipping: { kind: 'adaptive', clipNorm: 0.1, quantile, countNoise },
      })
    const votes = (within: number, beyond: number): Upload[] =>
      Array.from({ length: within + beyond }, (_, client) => ({
        client,
        delta: Float32Array.of(client < within ? 0.1 : 3, 0, 0, 0, 0, 0),
        examples: 1,
        within: client < within,
      }))

    test('[R26] updates are clipped to the round’s, and the votes make the next', async () => {
      const { moved, result } = await movedBy(votes(1, 3), { of: following(0.0051), clip: 2 })
      // Three of 2 and one of 0.1, over the quorum of 4; noise of z_Δ C = 0.1 on the sum.
      expect(Math.abs((moved[0] ?? Number.NaN) - 6.1 / 4)).toBeLessThan(0.15)
      const { nextClip = Number.NaN } = result
      expect(nextClip / 2).toBeCloseTo(Math.exp(-0.2 * (0.25 - 0.5)), 2)
    })

    test('[R34] of compressed updates the votes are read as they were sent, and what is read is clipped again', async () => {
      const plain = following(0.0051)
      const of = { ...plain, file: { ...plain.file, compression: { bits: 8 as const } } }
      const { moved, result } = await movedBy(votes(1, 3), { of, clip: 2 })
      expect(Math.abs((moved[0] ?? Number.NaN) - 6.1 / 4)).toBeLessThan(0.15)
      expect((result.nextClip ?? Number.NaN) / 2).toBeCloseTo(Math.exp(-0.2 * (0.25 - 0.5)), 2)
    })

    test('[R26] the fraction is of those that came, so that another quantile than the median is met', async () => {
      // Nine of ten are within, as is asked for; over the quorum of 4 it would be far more.
      const { result } = await movedBy(votes(9, 1), { of: following(0.0051, 0.9), clip: 0.5 })
      expect((result.nextClip ?? Number.NaN) / 0.5).toBeCloseTo(1, 2)
    })

    test('[R26] the noise on the count is that of the task', async () => {
      const fractions: number[] = []
      for (let key = 0; key < 60; key++) {
        const { run } = await anAggregation(votes(2, 2), { of: following(2), clip: 1, noiseKey: key })
        const result = await run()
        if (result.kind !== 'aggregated') throw new Error(result.detail)
        fractions.push(-Math.log(result.nextClip ?? Number.NaN) / 0.2)
      }
      const deviation = Math.sqrt(fractions.reduce((sum, off) => sum + off * off, 0) / fractions.length)
      // σ_b over the four that came; the fractions that are held to [−1, 2] lie three deviations out.
      expect(Math.abs(deviation / 0.5 - 1)).toBeLessThan(0.35)
    })

    test('a round that does not say what it clips to is not summed', async () => {
      const { run } = await anAggregation(votes(2, 2), { of: following(1) })
      expect(await run()).toMatchObject({ kind: 'refused', reason: 'aggregation-failed' })
    })
  })
})
