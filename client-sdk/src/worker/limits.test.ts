import { virtualClock } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import { aJob, aPlan, denseModel } from '../training/tfjs-trainer.builders.ts'
import type { Trainer, TrainingJob } from '../training/trainer.ts'
import { STOP_MS, withLimits } from './limits.ts'

const job = () => aJob({ model: denseModel([2, 3]), plan: aPlan() })
const result = { weights: new Float32Array(9), examples: 1, metrics: {} }

const heeding: Trainer = {
  train: ({ signal }) =>
    new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
}

test('a training within its time is as it was', async () => {
  const clock = virtualClock()
  const quick: Trainer = { train: async () => result }
  const trainer = withLimits(quick, { trainSeconds: 5, clock })
  expect(await trainer.train(job())).toEqual(result)
  expect(clock.pending()).toBe(0)
})

test('a training that takes longer is aborted, and says why', async () => {
  const clock = virtualClock()
  const run = withLimits(heeding, { trainSeconds: 5, clock }).train(job())
  clock.advanceTo(5_000)
  await expect(run).rejects.toMatchObject({ code: 'device-limit', message: expect.stringMatching(/5 s/) })
  expect(clock.pending()).toBe(0)
})

test('one that stops with words of its own took too long all the same', async () => {
  const clock = virtualClock()
  const wordy: Trainer = {
    train: ({ signal }) =>
      new Promise((_, reject) => signal.addEventListener('abort', () => reject(new Error('I was stopped')))),
  }
  const run = withLimits(wordy, { trainSeconds: 5, clock }).train(job())
  clock.advanceTo(5_000)
  await expect(run).rejects.toMatchObject({ code: 'device-limit', message: expect.stringMatching(/5 s/) })
})

test('one that does not heed it is waited for no longer than it may take to stop', async () => {
  const clock = virtualClock()
  const deaf: Trainer = { train: () => new Promise(() => undefined) }
  const run = withLimits(deaf, { trainSeconds: 5, clock }).train(job())
  clock.advanceTo(5_000 + STOP_MS)
  await expect(run).rejects.toMatchObject({ code: 'device-limit' })
})

test('an abort of the app’s is the app’s', async () => {
  const clock = virtualClock()
  const stopped = job()
  const run = withLimits(heeding, { trainSeconds: 5, clock }).train(stopped)
  stopped.abort.abort(new Error('no more'))
  await expect(run).rejects.toThrow('no more')
  expect(clock.pending()).toBe(0)
})

test('what else the trainer can do it still can, whatever it is made of', async () => {
  class Own {
    #answer = 42
    async train(_: TrainingJob) {
      return result
    }
    async predict(_model: unknown, _input: unknown) {
      return this.#answer
    }
  }
  const trainer = withLimits(new Own(), { trainSeconds: 5 })
  expect('predict' in trainer).toBe(true)
  expect(await trainer.predict({}, 1)).toBe(42)
})
