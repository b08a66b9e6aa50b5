/** What a process has to do with storage takes its time, may fail, and may be the last that it does. */
import type { Clock } from '@tributary/protocols/runtime'
import type { Life } from './life.ts'
import type { Mischief } from './mischief.ts'

export type Around = {
  life: Life
  mischief: Mischief
  clock: Clock
  /** The most that one dealing takes on either side of its work. */
  storageMs: number
  /** Told of every fault before it is met. */
  planted(what: string): void
}

export const dealing = <T>(around: Around, what: string, work: () => Promise<T>): Promise<T> =>
  around.life.call(what, async () => {
    await takesTime(around)
    // A process that ended while it waited for its turn never got it.
    if (around.life.over()) return new Promise<T>(() => {})
    try {
      return await work()
    } finally {
      await takesTime(around)
    }
  })

const takesTime = async ({ storageMs, clock, mischief }: Around): Promise<void> => {
  if (storageMs === 0 || mischief.chance.happens(0.7)) return
  const ms = mischief.chance.between(0, storageMs)
  await new Promise<void>((resolve) => void clock.wakeAt(clock.now() + ms, resolve))
}
