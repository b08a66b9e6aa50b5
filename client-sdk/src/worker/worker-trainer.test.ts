import { Worker } from 'node:worker_threads'
import { virtualClock } from '@tributary/protocols/runtime'
import type { Assignment } from '@tributary/protocols/task'
import { afterEach, describe, expect, test } from 'vitest'
import { checkedConditions } from '../conditions/conditions.ts'
import { createCompactTrainer } from '../training/compact/compact-trainer.ts'
import { aJob, aPlan, clusters, denseModel, someWeights } from '../training/tfjs-trainer.builders.ts'
import type { ExampleCounter, Trainer } from '../training/trainer.ts'
import type { Served } from './served-trainer.builders.ts'
import { createWorkerTrainer, type UsualTrainer, type WorkerTrainerOptions } from './worker-trainer.ts'

const model = denseModel([8, 16, 3])
const assignment = (plan = aPlan()): Assignment => ({ model, plan })

const endings: (() => void)[] = []
afterEach(() => {
  for (const end of endings.splice(0)) end()
})

/** A trainer over worker threads that serve these, one after the other; the last one again and again. */
const over = <T extends Trainer = UsualTrainer>(
  served: readonly Served[],
  { resourceLimits, ...options }: Partial<WorkerTrainerOptions> & { resourceLimits?: object } = {},
) => {
  const started: Worker[] = []
  const trainer = createWorkerTrainer<T>({
    worker() {
      const workerData = served[Math.min(started.length, served.length - 1)]
      const file = new URL('./served-trainer.builders.ts', import.meta.url)
      const worker = new Worker(file, {
        workerData,
        execArgv: ['--conditions=source'],
        ...(resourceLimits && { resourceLimits }),
      })
      started.push(worker)
      return worker
    },
    ...options,
  })
  endings.push(trainer.dispose)
  return { trainer, started }
}

describe('a trainer in a worker thread', () => {
  test('trains, judges and predicts as it does on this thread, to the byte', async () => {
    const { trainer, started } = over(['compact'])
    const here = createCompactTrainer({ examples: clusters({ count: 300, width: 8, classes: 3 }) })
    const [job, same] = [aJob(assignment()), aJob(assignment())]
    const inputs = someWeights(model).slice(0, 16)
    expect(await trainer.train(job)).toEqual(await here.train(same))
    expect(await trainer.evaluate(job)).toEqual(await here.evaluate(same))
    expect(await trainer.predict(job, inputs)).toEqual(await here.predict(same, inputs))
    expect(await trainer.predict(job, [[...inputs.subarray(0, 8)]])).toEqual(
      await here.predict(same, inputs.subarray(0, 8)),
    )
    await expect(trainer.predict(job, [0.1])).rejects.toMatchObject({ code: 'bad-examples' })
    expect(job.progress.at(-1)).toEqual(same.progress.at(-1))
    expect(job.weights).toEqual(someWeights(model))
    expect(started).toHaveLength(1)
  })

  test('gives an array that is the app’s own, of a view no more than the view, and numbers as they are', async () => {
    const { trainer } = over(['echo'])
    const job = aJob(assignment(), { weights: new Float32Array([9, 1, 2, 9]).subarray(1, 3) })
    const first = await trainer.train(job)
    expect(first).toEqual({ weights: Float32Array.of(1, 2), examples: 1, metrics: { loss: Number.NaN } })
    expect(first.weights.buffer.byteLength).toBe(8)
    expect(job.progress).toEqual([{ fraction: 1, loss: Number.NaN }])
    first.weights[0] = 5
    expect(job.weights).toEqual(Float32Array.of(1, 2))
    const asked = new Float32Array([0, 3, 0]).subarray(1, 2)
    expect(await trainer.predict(job, asked)).toEqual({ input: Float32Array.of(3), weights: [1, 2] })
    expect(asked).toEqual(Float32Array.of(3))
    const frozen = Float32Array.of(7)
    expect(await trainer.predict({ ...job, frozen }, asked)).toMatchObject({ frozen: [7] })
    expect(frozen).toEqual(Float32Array.of(7))
  })

  test('sends an assignment once, and again when it has been forgotten for others', async () => {
    const { trainer, started } = over(['echo'])
    const plans = Array.from({ length: 6 }, (_, n) => assignment(aPlan({ epochs: n + 1 })))
    await trainer.train(aJob(plans[0] ?? assignment()))
    const sent: string[] = []
    const worker = started[0]
    if (!worker) throw new Error('no worker was started')
    const post = worker.postMessage.bind(worker)
    worker.postMessage = (message: { tributary: string }, transfer) => {
      sent.push(message.tributary)
      post(message, transfer)
    }
    const equal = structuredClone(plans[0] ?? assignment())
    await trainer.train(aJob(equal))
    expect(sent).toEqual(['train'])
    for (const other of plans.slice(1)) await trainer.train(aJob(other))
    sent.length = 0
    await trainer.train(aJob(equal))
    expect(sent).toEqual(['assignment', 'forget', 'train'])
  })

  test('counts its examples anew whenever it is asked, and conditions take it for one that counts', async () => {
    const { trainer, started } = over<Trainer & ExampleCounter>(['counting'])
    expect(() => checkedConditions({ minExamples: 20 }, trainer)).not.toThrow()
    expect([await trainer.countExamples(), await trainer.countExamples()]).toEqual([19, 20])
    expect(started).toHaveLength(1)
  })

  test.each([
    ['miscounting', 'worker-failed', /count gave cannot be used/],
    ['echo', 'cannot-count', /no `countExamples`/],
  ] as const)('%s: what is no number of examples is an error', async (served, code, words) => {
    const { trainer } = over<Trainer & ExampleCounter>([served])
    const error: unknown = await Promise.resolve(trainer.countExamples()).catch((cause) => cause)
    expect(error).toMatchObject({ code, message: expect.stringMatching(words) })
  })

  test('says what it cannot do, and what cannot be passed', async () => {
    const { trainer } = over(['echo'])
    const job = aJob(assignment())
    await expect(trainer.evaluate(job)).rejects.toMatchObject({ code: 'cannot-evaluate' })
    const asked = createWorkerTrainerOf(trainer)
    await expect(asked(job, () => 1)).rejects.toMatchObject({ code: 'bad-options' })
    expect(await trainer.train(job)).toMatchObject({ examples: 1 })
  })
})

const createWorkerTrainerOf =
  (trainer: { predict(model: never, input: never): Promise<unknown> }) => (model: unknown, input: unknown) =>
    trainer.predict(model as never, input as never)

describe('an abort', () => {
  test('is passed on, and the worker that stops is used again', async () => {
    const { trainer, started } = over(['patient'])
    const job = aJob(assignment())
    const run = trainer.train(job)
    expect(await trainer.predict(job, new Float32Array())).toBe('still here')
    job.abort.abort(new Error('no more'))
    await expect(run).rejects.toThrow('no more')
    await trainer.predict(job, new Float32Array())
    expect(started).toHaveLength(1)
  })

  test('ends a worker that does not stop soon, and what else it was at is asked of another', async () => {
    const { trainer, started } = over(['spinning', 'patient'])
    const job = aJob(assignment())
    const run = trainer.train(job)
    await new Promise((ready) => started[0]?.once('message', ready))
    const asked = trainer.predict(job, new Float32Array())
    job.abort.abort(new Error('no more'))
    await expect(run).rejects.toThrow('no more')
    expect(await asked).toBe('still here')
    expect(started).toHaveLength(2)
  })

  test('before the worker is there leaves it out', async () => {
    const { trainer, started } = over(['echo'])
    const job = aJob(assignment())
    job.abort.abort(new Error('never'))
    await expect(trainer.train(job)).rejects.toThrow('never')
    expect(started).toHaveLength(0)
    const late = aJob(assignment())
    const run = trainer.train(late)
    late.abort.abort(new Error('not any more'))
    await expect(run).rejects.toThrow('not any more')
  })
})

describe('a worker that fails', () => {
  const failures: [Served, RegExp, string][] = [
    ['throwing', /from nowhere/, 'worker-failed'],
    ['exiting', /code 3/, 'worker-failed'],
    ['babbling', /no message/, 'worker-failed'],
    ['wrong', /result cannot be used/, ''],
    ['refusing', /no row fits. Give rows that fit\./, 'bad-examples'],
  ]
  test.each(failures)('%s: a named error, and the next training is well', async (served, words, code) => {
    const { trainer } = over([served, 'echo'])
    const error: unknown = await trainer.train(aJob(assignment())).catch((cause) => cause)
    expect(error).toMatchObject({ message: expect.stringMatching(words) })
    if (code !== '') expect(error).toMatchObject({ code })
    if (served === 'refusing' || served === 'wrong') return
    expect(await trainer.train(aJob(assignment()))).toMatchObject({ examples: 1 })
  })

  test('silent: it is waited for no longer than the app says', async () => {
    const clock = virtualClock()
    const { trainer } = over(['silent', 'echo'], { clock, answerSeconds: 7 })
    const run = trainer.train(aJob(assignment()))
    clock.advanceTo(7_000)
    await expect(run).rejects.toMatchObject({
      code: 'worker-failed',
      message: expect.stringMatching(/7 s.*serveTrainer/),
    })
    expect(await trainer.train(aJob(assignment()))).toMatchObject({ examples: 1 })
  })

  test('that cannot be started', async () => {
    const trainer = createWorkerTrainer({
      worker() {
        throw new Error('the policy of this page forbids it')
      },
    })
    await expect(trainer.train(aJob(assignment()))).rejects.toMatchObject({
      code: 'worker-failed',
      message: expect.stringMatching(/the policy/),
    })
  })
})

describe('limits', () => {
  test('time ends a training that gives no turn to anything, and the next one works', async () => {
    const { trainer, started } = over(['spinning', 'compact'], { limits: { trainSeconds: 3 } })
    await expect(trainer.train(aJob(assignment()))).rejects.toMatchObject({ code: 'device-limit' })
    expect(await trainer.train(aJob(assignment(aPlan({ epochs: 1 }))))).toMatchObject({ examples: 300 })
    expect(started).toHaveLength(2)
  })

  test('memory ends a training whose buffers grow, and what is asked next is answered by another worker', async () => {
    const { trainer, started } = over(['hoarding'], { limits: { memoryMegabytes: 100 } })
    const job = aJob(assignment())
    const run = trainer.train(job)
    await expect(run).rejects.toMatchObject({
      code: 'device-limit',
      message: expect.stringMatching(/allows 100/),
    })
    expect(await trainer.predict(job, new Float32Array())).toBe('still here')
    expect(started).toHaveLength(2)
  })

  test('Node’s own bound of a thread’s heap is one of these', async () => {
    const { trainer } = over(['hoarding-heap', 'echo'], { resourceLimits: { maxOldGenerationSizeMb: 32 } })
    await expect(trainer.train(aJob(assignment()))).rejects.toMatchObject({ code: 'device-limit' })
    expect(await trainer.train(aJob(assignment()))).toMatchObject({ examples: 1 })
  })

  test('are numbers above 0', () => {
    for (const limits of [{ trainSeconds: 0 }, { memoryMegabytes: Number.NaN }])
      expect(() => over(['echo'], { limits })).toThrow(expect.objectContaining({ code: 'bad-options' }))
  })
})

test('a worker that nothing is asked of is ended, and the next question starts another', async () => {
  const clock = virtualClock()
  const { trainer, started } = over(['echo'], { clock, idleSeconds: 60 })
  const job = aJob(assignment())
  await trainer.train(job)
  clock.advanceTo(59_000)
  await trainer.train(job)
  const ended = new Promise((exit) => started[0]?.once('exit', exit))
  clock.advanceTo(119_000)
  await ended
  await trainer.train(job)
  expect(started).toHaveLength(2)
})

test('disposing ends the worker, and what is open fails', async () => {
  const { trainer, started } = over(['patient'])
  const job = aJob(assignment())
  const run = trainer.train(job)
  await new Promise((ready) => started[0]?.once('message', ready))
  const ended = new Promise((exit) => started[0]?.once('exit', exit))
  trainer.dispose()
  await expect(run).rejects.toMatchObject({ code: 'worker-failed' })
  await ended
})

test('what is served decides what can be asked', () => {
  const trainer = createWorkerTrainer<Trainer>({ worker: () => new Worker('') })
  // @ts-expect-error: a trainer that cannot predict.
  expect(() => trainer.predict({}, 1)).toBeTypeOf('function')
  // @ts-expect-error: a trainer that cannot count its examples.
  expect(() => trainer.countExamples()).toBeTypeOf('function')
})
