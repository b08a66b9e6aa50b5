import { seededRandom } from '@tributary/protocols/runtime'
import { philox } from './philox.ts'

/**
 * What chance has decided for a client at a place (a round, a day, a message, in whole numbers from −2⁵² to 2⁵²): two independent
 * uniform numbers in [0, 1). Every topic is independent of the others; the order of asking does not matter.
 */
export type Chance = (topic: Topic, client: number, place?: number) => readonly [number, number]

/** The number is part of what a seed means: it never changes. */
const TOPICS = {
  fate: 1,
  'fate details': 2,
  'straggler work': 3,
  'same stragglers': 4,
  latency: 5,
  'day window': 6,
  'day edges': 7,
  'time zone': 8,
  'came online': 9,
  'went offline': 10,
  'trace row': 11,
  speed: 12,
  memory: 13,
  down: 14,
  up: 15,
} as const
export type Topic = keyof typeof TOPICS

export const chanceOf = (seed: string | number): Chance => {
  const bytes = new DataView(seededRandom(seed).fork('population v1').bytes(8).buffer)
  const key = [bytes.getUint32(0), bytes.getUint32(4)] as const
  return (topic, client, place = 0) => {
    const high = Math.floor(place / 2 ** 32)
    const [a, b, c, d] = philox(key, [client, place - high * 2 ** 32, high >>> 0, TOPICS[topic]])
    return [fraction(a, b), fraction(c, d)]
  }
}

/** 53 bits as a number in [0, 1). */
const fraction = (high: number, low: number): number => ((high >>> 5) * 0x4000000 + (low >>> 6)) / 2 ** 53
