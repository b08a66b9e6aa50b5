import { virtualClock } from '@tributary/protocols/runtime'
import { expect, test } from 'vitest'
import { createAllowance } from './message-allowance.ts'

const taken = (allowance: ReturnType<typeof createAllowance>, tries: number): number =>
  Array.from({ length: tries }, () => allowance.take()).filter(Boolean).length

test('[L8] a burst is allowed at once, and then as many as time has brought', () => {
  const clock = virtualClock(1_000)
  const allowance = createAllowance({ clock, burst: 5, perSecond: 10 })
  expect(taken(allowance, 8)).toBe(5)
  clock.advanceTo(1_099)
  expect(taken(allowance, 1)).toBe(0)
  clock.advanceTo(1_100)
  expect(taken(allowance, 2)).toBe(1)
  clock.advanceTo(1_400)
  expect(taken(allowance, 9)).toBe(3)
})

test('[L8] no more than a burst is saved up', () => {
  const clock = virtualClock(1_000)
  const allowance = createAllowance({ clock, burst: 5, perSecond: 10 })
  clock.advanceTo(1_000_000)
  expect(taken(allowance, 20)).toBe(5)
})

test('a clock that is set back takes nothing away', () => {
  let now = 10_000
  const allowance = createAllowance({ clock: { now: () => now }, burst: 2, perSecond: 1 })
  expect(taken(allowance, 1)).toBe(1)
  now = 0
  expect(taken(allowance, 2)).toBe(1)
  now = 1_000
  expect(taken(allowance, 2)).toBe(1)
})
