import { setTimeout } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type EventLoopWatch, watchEventLoop } from './event-loop.ts'

let watch: EventLoopWatch
beforeEach(() => {
  watch = watchEventLoop()
})
afterEach(() => watch.stop())

test('before anything was measured nothing was late', () => {
  expect(watch.delayMs()).toEqual({ mean: 0, p99: 0, max: 0 })
})

test('a turn that takes long is seen, and the timer’s own interval is not taken for lateness', async () => {
  await setTimeout(100)
  const until = performance.now() + 250
  while (performance.now() < until);
  await setTimeout(60)
  const { mean, p99, max } = watch.delayMs()
  expect(max).toBeGreaterThan(200)
  expect(p99).toBeLessThanOrEqual(max)
  expect(mean).toBeLessThan(max)
})
