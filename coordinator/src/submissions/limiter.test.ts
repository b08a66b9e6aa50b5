import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createLimiter } from './limiter.ts'

describe('a limiter', () => {
  test('runs as many at a time as it is wide, begins them in order, and finishes all', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 4 }),
        fc.scheduler(),
        fc.nat({ max: 12 }),
        async (width, scheduler, jobs) => {
          const limited = createLimiter(width)
          const begun: number[] = []
          let running = 0
          let most = 0
          const work = (i: number) =>
            limited(async () => {
              begun.push(i)
              most = Math.max(most, ++running)
              await scheduler.schedule(Promise.resolve(), `job ${i}`)
              running--
              if (i % 3 === 0) throw new Error(`job ${i} failed`)
              return i
            })
          const done = Promise.allSettled(Array.from({ length: jobs }, (_, i) => work(i)))
          await scheduler.waitFor(done)
          expect(begun).toEqual(Array.from({ length: jobs }, (_, i) => i))
          expect(most).toBe(Math.min(width, jobs))
          expect((await done).map(({ status }) => status)).toEqual(
            Array.from({ length: jobs }, (_, i) => (i % 3 === 0 ? 'rejected' : 'fulfilled')),
          )
        },
      ),
      { numRuns: 40 },
    )
  })

  test('work that throws before it waits gives its place back too', async () => {
    const limited = createLimiter(1)
    const thrown = new Error('at once')
    const first = limited(() => {
      throw thrown
    })
    await expect(first).rejects.toBe(thrown)
    await expect(limited(async () => 'next')).resolves.toBe('next')
  })
})
