import { describe, expect, it } from 'vitest'
import { chanceOf } from './chance.ts'
import { philox } from './philox.ts'

/** Known answers of Random123, by the paper's authors: kat_vectors, philox4x32 with 10 rounds. */
describe('philox 4×32-10', () => {
  it.each([
    [
      [0, 0, 0, 0],
      [0, 0],
      [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
    ],
    [
      [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
      [0xffffffff, 0xffffffff],
      [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
    ],
    [
      [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
      [0xa4093822, 0x299f31d0],
      [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
    ],
  ] as const)('of %j under %j is %j', (counter, key, expected) => {
    expect(philox(key, counter)).toEqual([...expected])
  })
})

describe('chance', () => {
  it('is uniform, and another for each seed, topic, client and place, also before zero and beyond 2³²', () => {
    const chance = chanceOf(1)
    const seen = new Set<number>()
    const places = [-(2 ** 40) - 1, -1, 0, 1, 2 ** 32, 2 ** 32 + 1, 2 ** 40]
    for (const place of places)
      for (let client = 0; client < 100; client++)
        for (const topic of ['fate', 'latency'] as const)
          for (const value of chance(topic, client, place)) {
            expect(value >= 0 && value < 1).toBe(true)
            seen.add(value)
          }
    expect(seen.size).toBe(places.length * 400)
    const mean = [...seen].reduce((sum, value) => sum + value, 0) / seen.size
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 / Math.sqrt(12 * seen.size))
    expect(chanceOf(2)('fate', 0)).not.toEqual(chance('fate', 0))
  })
})
