import { integerBelow, type SeededRandom, seededRandom, uniform } from '@tributary/protocols/runtime'

/** Draws in the words that worlds are drawn in; each consumes its stream in a fixed way. */
export type Chance = {
  /** True this often. */
  happens(rate: number): boolean
  /** A whole number, both ends included. */
  whole(least: number, most: number): number
  between(least: number, most: number): number
  pick<T>(choices: readonly [T, ...T[]]): T
  random: SeededRandom
}

export const chanceOf = (random: SeededRandom): Chance => ({
  happens: (rate) => uniform(random) < rate,
  whole: (least, most) => least + integerBelow(random, most - least + 1),
  between: (least, most) => least + (most - least) * uniform(random),
  pick: (choices) => choices[integerBelow(random, choices.length)] ?? choices[0],
  random,
})

export const seededChance = (seed: string | number): Chance => chanceOf(seededRandom(seed))
