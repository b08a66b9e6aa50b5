import * as z from 'zod/mini'

const number = z.int().check(z.minimum(1), z.maximum(4_294_967_295))

/** A set of round numbers as ascending ranges with a gap between any two: the same set is always written the same way. */
export const RoundSet = z
  .array(z.strictObject({ first: number, last: number }))
  .check(
    z.refine(
      (ranges) =>
        ranges.every(({ first, last }, i) => first <= last && first > (ranges[i - 1]?.last ?? -1) + 1),
      'ranges of rounds ascend, with a gap between any two',
    ),
  )
export type RoundSet = z.infer<typeof RoundSet>

export const holdsRound = (set: RoundSet, round: number): boolean =>
  set.some(({ first, last }) => first <= round && round <= last)

export const countOfRounds = (set: RoundSet): number =>
  set.reduce((sum, { first, last }) => sum + last - first + 1, 0)

/** The set with `round` in it too. */
export const withRound = (set: RoundSet, round: number): RoundSet => {
  if (holdsRound(set, round)) return set
  const merged: RoundSet = []
  for (const range of [...set, { first: round, last: round }].sort((a, b) => a.first - b.first)) {
    const before = merged.at(-1)
    if (before !== undefined && before.last + 1 === range.first)
      merged[merged.length - 1] = { first: before.first, last: range.last }
    else merged.push(range)
  }
  return merged
}
