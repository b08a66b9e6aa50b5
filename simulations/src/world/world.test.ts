import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { createWorld } from './world.ts'

test.each([0, 20])(
  'work that follows from work is of the instant it follows at, also when each takes %d ms',
  async (ms) => {
    const world = await createWorld({ seed: 1, latencyMs: { least: 1, most: 1 }, roundSaved() {} })
    const { clock, computing } = world
    const beganAt = clock.now()
    const happened: [string, number][] = []
    const note = (what: string) => void happened.push([what, clock.now() - beganAt])
    const work = () => (ms === 0 ? Promise.resolve() : setTimeout(ms))
    void computing.after(10, work(), new AbortController().signal).then(async () => {
      note('trained')
      for (let step = 0; step < 50; step++) await Promise.resolve() // as sealing, sending and counting an update are
      await computing.now(work())
      note('judged')
    })
    clock.wakeAt(beganAt + 11, () => note('later'))
    await world.runUntil(() => happened.length === 3)
    expect(happened).toEqual([
      ['trained', 10],
      ['judged', 10],
      ['later', 11],
    ])
    await world.close()
  },
)
