import type { TaskId } from '@tributary/protocols'
import { expect, test, vi } from 'vitest'
import type { DeviceClient } from './device.ts'
import { hearSiblings } from './hear-siblings.ts'

const task = 'a-task' as TaskId

const aDevice = () => {
  let say: (word: unknown) => void = () => undefined
  const look = vi.fn(async () => 'granted' as const)
  const renew = vi.fn(async () => undefined)
  const client: DeviceClient = { leave: async () => undefined, forget: () => undefined, renew }
  const stopped = vi.fn()
  const siblings = {
    hear(listener: (word: unknown) => void) {
      say = listener
      return stopped
    },
  }
  const stop = hearSiblings(siblings, { consent: { look }, clients: new Map([[task, client]]) })
  return { say: (word: unknown) => say(word), look, renew, stop, stopped }
}

const turns = () => new Promise((next) => setImmediate(next))

test('what others say has consent or the task’s model read again', async () => {
  const { say, look, renew, stop, stopped } = aDevice()
  await turns()
  expect([look.mock.calls.length, renew.mock.calls.length]).toEqual([1, 0])
  say({ type: 'consent' })
  say({ type: 'model', task, version: 3 })
  await turns()
  expect([look.mock.calls.length, renew.mock.calls.length]).toEqual([2, 1])
  stop()
  expect(stopped).toHaveBeenCalledOnce()
})

test.each<[string, unknown]>([
  ['nothing', undefined],
  ['a text', 'consent'],
  ['another type', { type: 'withdraw' }],
  ['consent that says which', { type: 'consent', state: 'granted' }],
  ['a model of no task', { type: 'model', version: 3 }],
  ['a task that this device has no client for', { type: 'model', task: 'another', version: 3 }],
  ['a version that is none', { type: 'model', task, version: -1 }],
  ['a task that is none', { type: 'model', task: { toString: () => task }, version: 1 }],
])('%s is no word, and changes nothing', async (_, word) => {
  const { say, look, renew } = aDevice()
  await turns()
  say(word)
  await turns()
  expect([look.mock.calls.length, renew.mock.calls.length]).toEqual([1, 0])
})

test('many words are two readings: one under way, and one after it', async () => {
  const { say, look, renew } = aDevice()
  await turns()
  const reading = Promise.withResolvers<undefined>()
  renew.mockImplementationOnce(() => reading.promise)
  for (let n = 1; n <= 100; n++) say({ type: 'model', task, version: n })
  for (let n = 1; n <= 100; n++) say({ type: 'consent' })
  await turns()
  expect(renew).toHaveBeenCalledTimes(1)
  reading.resolve(undefined)
  await turns()
  expect([renew.mock.calls.length, look.mock.calls.length]).toEqual([2, 3])
})

test('a reading that fails leaves the next word to be heard', async () => {
  const { say, look } = aDevice()
  await turns()
  look.mockRejectedValueOnce(new Error('the disk is gone'))
  say({ type: 'consent' })
  await turns()
  say({ type: 'consent' })
  await turns()
  expect(look).toHaveBeenCalledTimes(3)
})
