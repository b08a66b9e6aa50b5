import { expect, test } from 'vitest'
import type { Gate } from './gate.ts'
import { lazyGate } from './lazy-gate.ts'

const open: Gate = {
  watch(told) {
    told(undefined)
    return () => undefined
  },
}
const turns = () => new Promise((turn) => setImmediate(turn))

test('is loaded once, when it is first watched, and by nobody who has left before', async () => {
  let loads = 0
  const gate = lazyGate(async () => {
    loads++
    return open
  })
  const told: string[] = []
  expect(loads).toBe(0)
  gate.watch(() => told.push('left'))()
  gate.watch(() => told.push('first'))
  await turns()
  gate.watch(() => told.push('second'))
  await turns()
  expect([loads, told]).toEqual([1, ['first', 'second']])
})

test('one that cannot be loaded is open, and is tried again', async () => {
  let loads = 0
  const gate = lazyGate(async () => {
    loads++
    throw new Error('no network')
  })
  const told: unknown[] = []
  for (let n = 0; n < 2; n++) {
    gate.watch((shut) => told.push(shut))
    await turns()
  }
  expect([loads, told]).toEqual([2, [undefined, undefined]])
})
