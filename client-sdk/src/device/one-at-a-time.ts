import type { Trainer } from '../training/trainer.ts'

/**
 * Trainers that take turns, in the order in which they were asked: a device trains for one task at a time. One that is aborted while it
 * waits goes at once, and the others keep their places.
 */
export const oneAtATime = (): ((trainer: Trainer) => Trainer) => {
  let last: Promise<unknown> = Promise.resolve()
  return (trainer) => ({
    train(job) {
      const before = last
      const mine = passed(before, job.signal).then(() => trainer.train(job))
      // Only that they have ended: whoever waits would else keep what every training before came to.
      last = Promise.allSettled([before, mine]).then(() => undefined)
      return mine
    },
  })
}

const passed = (before: Promise<unknown>, signal: AbortSignal) =>
  new Promise<void>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = () => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    void before.then(() => {
      signal.removeEventListener('abort', abort)
      resolve()
    })
  })
