import { expect, test } from 'vitest'
import { anAssignment } from '../participation/participant.builders.ts'
import type { TrainingJob } from '../training/trainer.ts'
import { oneAtATime } from './one-at-a-time.ts'

const aJob = (signal = new AbortController().signal): TrainingJob => ({
  assignment: anAssignment(),
  weights: new Float32Array(4),
  plan: anAssignment().plan,
  seed: 1,
  signal,
  onProgress() {},
})

/** A trainer whose trainings end when they are told to. */
const aTrainer = (inTurn: ReturnType<typeof oneAtATime>, name: string, begun: string[]) => {
  let end = () => {}
  const { train } = inTurn({
    train: ({ weights }) => {
      begun.push(name)
      return new Promise((resolve) => {
        end = () => resolve({ weights, examples: 1, metrics: {} })
      })
    },
  })
  return { train, end: () => end() }
}

const turns = async () => {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

test('trainings of different trainers follow one another, in the order in which they were asked for', async () => {
  const inTurn = oneAtATime()
  const begun: string[] = []
  const [a, b, c] = ['a', 'b', 'c'].map((name) => aTrainer(inTurn, name, begun))
  const all = [a, b, c].map((one) => one?.train(aJob()))
  for (const [at, one] of [a, b, c].entries()) {
    await turns()
    expect(begun).toHaveLength(at + 1)
    one?.end()
  }
  expect(await Promise.all(all)).toHaveLength(3)
  expect(begun).toEqual(['a', 'b', 'c'])
})

test('one that is aborted while it waits goes at once; the others keep their places', async () => {
  const inTurn = oneAtATime()
  const begun: string[] = []
  const [a, b, c] = ['a', 'b', 'c'].map((name) => aTrainer(inTurn, name, begun))
  const first = a?.train(aJob())
  const abort = new AbortController()
  const second = b?.train(aJob(abort.signal))
  const third = c?.train(aJob())
  const reason = new Error('the round is over')
  abort.abort(reason)
  await expect(second).rejects.toBe(reason)
  expect(begun).toEqual(['a'])
  a?.end()
  await expect(first).resolves.toBeDefined()
  await turns()
  expect(begun).toEqual(['a', 'c'])
  c?.end()
  await expect(third).resolves.toBeDefined()
})

test('one that fails lets the next begin', async () => {
  const inTurn = oneAtATime()
  const failing = inTurn({ train: () => Promise.reject(new Error('no memory')) })
  const begun: string[] = []
  const next = aTrainer(inTurn, 'next', begun)
  await expect(failing.train(aJob())).rejects.toThrow('no memory')
  const training = next.train(aJob())
  await turns()
  expect(begun).toEqual(['next'])
  next.end()
  await training
})
