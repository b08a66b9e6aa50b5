import { integerBelow, type Random } from '@tributary/protocols/runtime'

/** 0 to `count` − 1 in random order (Fisher and Yates 1938, Durstenfeld 1964). */
export const shuffled = (count: number, random: Random): Uint32Array => {
  const order = Uint32Array.from({ length: count }, (_, i) => i)
  for (let i = count - 1; i > 0; i--) {
    const j = integerBelow(random, i + 1)
    const moved = order[i] ?? 0
    order[i] = order[j] ?? 0
    order[j] = moved
  }
  return order
}
