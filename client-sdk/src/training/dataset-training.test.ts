/** Both trainers on datasets: held in memory, and read through a buffer. */
import { seededRandom } from '@tributary/protocols/runtime'
import type { Assignment, Signature } from '@tributary/protocols/task'
import { afterAll, describe, expect, test } from 'vitest'
import { inBatches } from '../data/dataset.builders.ts'
import type { Batch, Dataset } from '../data/dataset.ts'
import { fromArrays } from '../data/from-arrays.ts'
import { openDataset } from '../data/open-dataset.ts'
import { createCompactTrainer } from './compact/compact-trainer.ts'
import type { SourceOptions } from './example-source.ts'
import type { Examples } from './examples.ts'
import { aJob, aPlan, clusters, denseModel } from './tfjs-trainer.builders.ts'
import { createTfjsEngine, createTfjsTrainer } from './tfjs-trainer.ts'
import type { Evaluator, Trainer } from './trainer.ts'

const engine = createTfjsEngine({ prefer: ['cpu'], log: () => {} })
afterAll(() => engine.dispose())

const TRAINERS: Record<string, (source: SourceOptions) => Trainer & Evaluator> = {
  compact: (source) => createCompactTrainer(source),
  tfjs: (source) => createTfjsTrainer({ ...source, engine }),
}

const assignment: Assignment = {
  model: denseModel([3, 2]),
  plan: aPlan({ epochs: 3, batchSize: 10 }),
}
const examples = clusters({ count: 95, width: 3, classes: 2 })
/** An example is 16 bytes: of 95 the buffer holds 40. */
const bufferBytes = 40 * 16
const source = (rows = 7) => inBatches(examples, { width: 3, rows })

describe.each(Object.entries(TRAINERS))('the %s trainer', (_, trainerOf) => {
  test('makes of a dataset in memory what it makes of the same arrays, to the byte', async () => {
    const ofArrays = await trainerOf({ examples }).train(aJob(assignment))
    const dataset = source()
    expect(await trainerOf({ examples: dataset }).train(aJob(assignment))).toEqual(ofArrays)
    expect(
      await trainerOf({ examples: () => fromArrays(examples, { shape: [3] }) }).train(aJob(assignment)),
    ).toEqual(ofArrays)
    expect(dataset.passes).toEqual([{ batches: 14, ended: 'read' }])
  })

  test('reads a larger one anew in each epoch, in batches of the plan’s size, and learns from it', async () => {
    const dataset = source()
    const job = aJob(assignment)
    const result = await trainerOf({ examples: dataset, bufferBytes }).train(job)
    expect(result).toMatchObject({ examples: 95, steps: 30 })
    // All of them are read whole; the later ones are known to be at their end, and closed there.
    expect(dataset.passes.map(({ batches }) => batches)).toEqual([14, 14, 14])
    expect(dataset.passes.map(({ ended }) => ended)).toEqual(['read', 'closed', 'closed'])
    const judged = await trainerOf({ examples }).evaluate({ assignment, weights: result.weights })
    const before = await trainerOf({ examples }).evaluate(job)
    expect(judged.metrics.loss).toBeLessThan(0.7 * (before.metrics.loss ?? 0))
    expect(job.progress.at(-1)?.fraction).toBe(1)
    const fractions = job.progress.map(({ fraction }) => fraction)
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b))
  })

  test('repeats itself by seed, also through a buffer', async () => {
    const train = async (seed: number) =>
      (await trainerOf({ examples: source(), bufferBytes }).train(aJob(assignment, { seed }))).weights
    expect(await train(1)).toEqual(await train(1))
    expect(await train(2)).not.toEqual(await train(1))
  })

  test('judges a dataset as it judges the arrays, whatever its size', async () => {
    const { weights } = aJob(assignment)
    const ofArrays = await trainerOf({ examples }).evaluate({ assignment, weights })
    for (const bytes of [bufferBytes, 2 ** 20]) {
      const judged = await trainerOf({ examples: source(), bufferBytes: bytes }).evaluate({
        assignment,
        weights,
      })
      expect(judged.examples).toBe(95)
      expect(judged.metrics.loss).toBeCloseTo(ofArrays.metrics.loss ?? Number.NaN, 6)
      expect(judged.metrics.accuracy).toBeCloseTo(ofArrays.metrics.accuracy ?? Number.NaN, 12)
    }
  })

  test('says the loss before training of a larger one where the strategy asks', async () => {
    const fair: Assignment = { ...assignment, strategy: { name: 'q-fedavg' } }
    const trainer = trainerOf({ examples: source(), bufferBytes })
    const job = aJob(fair)
    const { initialLoss } = await trainer.train(job)
    expect(initialLoss).toBeCloseTo((await trainer.evaluate(job)).metrics.loss ?? Number.NaN, 6)
  })

  test('closes the source when it is aborted in the middle of an epoch, and of a silent source at once', async () => {
    const dataset = source()
    const job = aJob(assignment)
    const stopping = new Error('stop')
    const stopped: Dataset = {
      shape: [3],
      async *[Symbol.asyncIterator]() {
        let batches = 0
        for await (const batch of dataset) {
          if (++batches === 10) job.abort.abort(stopping)
          yield batch
        }
      },
    }
    await expect(trainerOf({ examples: stopped, bufferBytes }).train(job)).rejects.toBe(stopping)
    expect(dataset.passes).toEqual([{ batches: 10, ended: 'closed' }])

    let returned = 0
    const silent: Dataset = {
      shape: [3],
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => {
          returned++
          return new Promise(() => undefined)
        },
      }),
    }
    const other = aJob(assignment)
    const training = trainerOf({ examples: silent }).train(other)
    setTimeout(() => other.abort.abort(stopping), 5)
    await expect(training).rejects.toBe(stopping)
    expect(returned).toBe(1)
  })

  test('has no update where there are no examples', async () => {
    const nothing = fromArrays({ inputs: new Float32Array(0), targets: new Int32Array(0) }, { shape: [3] })
    const result = await trainerOf({ examples: nothing }).train(aJob(assignment))
    expect(result).toMatchObject({ examples: 0 })
  })

  test.each<[string, (examples: Examples) => Dataset, RegExp]>([
    ['fails', () => failing(new Error('the disk is gone')), /^the dataset’s source failed: the disk is gone/],
    ['never ends', () => endless(), /gives more than 5000 examples/],
    [
      'is of another width',
      () => inBatches(clusters({ count: 95, width: 5, classes: 2 }), { width: 5, rows: 7 }),
      /are no whole number of examples of 3/,
    ],
    [
      'has a class too many',
      () =>
        inBatches({ ...examples, targets: Int32Array.of(...Array(94).fill(0), 2) }, { width: 3, rows: 7 }),
      /class 2 is not one of the model’s 2/,
    ],
    [
      'has a number that is none',
      () =>
        inBatches(
          { ...examples, inputs: examples.inputs.with(94 * 3 + 1, Number.NaN) },
          { width: 3, rows: 7 },
        ),
      /^input 2 of example 95 is not a finite number/,
    ],
    ['has batches that are none', () => of({ ...aBatch, rows: 0 }), /from example 1 on has 0 rows/],
    [
      'has fewer values than it says',
      () => of(aBatch, { ...aBatch, rows: 3 }),
      /from example 3 on has 6 input/,
    ],
    [
      'changes its targets’ kind',
      () => of(aBatch, { ...aBatch, targets: new Float32Array(2) }),
      /from example 3 on has targets of another kind/,
    ],
  ])('refuses a dataset that %s', async (_, dataset, message) => {
    for (const bytes of [bufferBytes, 2 ** 20])
      await expect(
        trainerOf({ examples: dataset(examples), bufferBytes: bytes, maxExamples: 5_000 }).train(
          aJob(assignment),
        ),
      ).rejects.toMatchObject({ code: 'bad-examples', message: expect.stringMatching(message) })
  })

  test('refuses arrays with a number that is none, and says where', async () => {
    const inputs = examples.inputs.with(4, Number.POSITIVE_INFINITY)
    await expect(
      trainerOf({ examples: { ...examples, inputs } }).train(aJob(assignment)),
    ).rejects.toMatchObject({
      code: 'bad-examples',
      message: expect.stringMatching(/^input 2 of example 2 is not a finite number/),
    })
  })

  test('[T17] holds examples to the task’s signature before it trains', async () => {
    const signature: Signature = {
      features: [
        { name: 'a', kind: 'number' },
        { name: 'b', kind: 'number', range: { min: 0, max: 0 } },
        { name: 'c', kind: 'number' },
      ],
      labels: { name: 'kind', kind: 'classes', classes: ['one', 'other'] },
    }
    const asked: Assignment = { ...assignment, model: { ...assignment.model, signature } }
    for (const mine of [{ examples }, { examples: source() }, { examples: source(), bufferBytes }]) {
      const job = aJob(asked)
      await expect(trainerOf(mine).train(job)).rejects.toThrow(
        /^column "b" is outside the task’s range 0 to 0 \(examples 1, 2, 3/,
      )
      expect(job.progress).toEqual([])
    }
  })
})

describe('a buffer', () => {
  const feedOf = async (
    count: number,
    {
      rows,
      seed = 'a',
      batchSize = 4,
      epochs = 2,
    }: { rows: number; seed?: string; batchSize?: number; epochs?: number },
  ) => {
    const inputs = Float32Array.from({ length: count }, (_, i) => i)
    const dataset = inBatches({ inputs, targets: new Int32Array(count) }, { width: 1, rows: 5 })
    const opened = await openDataset(dataset, { maxExamples: 1e6, bufferBytes: 8 * rows })
    const feed = opened.supply({
      plan: { epochs, batchSize },
      sizes: { input: 1, output: 1 },
      random: seededRandom(seed),
    })
    const epochsDrawn: number[][][] = []
    for (;;) {
      await feed.fill()
      const drawn = feed.next()
      if (!drawn) break
      if (drawn.first) epochsDrawn.push([])
      epochsDrawn.at(-1)?.push([...drawn.rows].map((row) => feed.examples.inputs[row] ?? Number.NaN))
    }
    await opened.close()
    return { epochs: epochsDrawn, count: feed.count }
  }

  test.each([
    [64, 10, 4],
    [63, 10, 4],
    [65, 1, 4],
    [30, 29, 7],
    [31, 12, 31],
  ])(
    'of %i examples, %i in it, gives each once an epoch, in whole batches but the last',
    async (count, rows, batchSize) => {
      const { epochs, count: told } = await feedOf(count, { rows, batchSize })
      expect(told).toBe(count)
      expect(epochs).toHaveLength(2)
      for (const batches of epochs) {
        expect(batches.flat().toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i))
        expect(batches.slice(0, -1).every((batch) => batch.length === batchSize)).toBe(true)
      }
      expect(epochs[0]).not.toEqual(epochs[1])
    },
  )

  test('gives no example earlier than it is long, and mixes all that it holds', async () => {
    const { epochs } = await feedOf(400, { rows: 100, epochs: 1 })
    const order = epochs[0]?.flat() ?? []
    const early = Math.max(...order.map((value, at) => value - at))
    expect(early).toBeLessThanOrEqual(100)
    expect(early).toBeGreaterThan(50)
  })

  test('holds further epochs to what the first one saw of a source that grows', async () => {
    let count = 40
    const growing: Dataset = {
      shape: [1],
      async *[Symbol.asyncIterator]() {
        const until = count
        count += 10
        for (let i = 0; i < until; i++)
          yield { inputs: Float32Array.of(i), targets: Int32Array.of(0), rows: 1 }
      },
    }
    const opened = await openDataset(growing, { maxExamples: 1e6, bufferBytes: 8 * 10 })
    const feed = opened.supply({
      plan: { epochs: 3, batchSize: 8 },
      sizes: { input: 1, output: 1 },
      random: seededRandom(1),
    })
    let rows = 0
    for (;;) {
      await feed.fill()
      const drawn = feed.next()
      if (!drawn) break
      rows += drawn.rows.length
    }
    expect([rows, feed.count]).toEqual([120, 40])
  })
})

const aBatch: Batch = { inputs: new Float32Array(6), targets: new Int32Array(2), rows: 2 }

const of = (...batches: Batch[]): Dataset => ({
  shape: [3],
  async *[Symbol.asyncIterator]() {
    yield* batches
  },
})

const failing = (error: Error): Dataset => ({
  shape: [3],
  async *[Symbol.asyncIterator]() {
    yield aBatch
    throw error
  },
})

const endless = (): Dataset => ({
  shape: [3],
  async *[Symbol.asyncIterator]() {
    for (;;) yield aBatch
  },
})
