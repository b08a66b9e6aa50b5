import { integerBelow, type SeededRandom } from '@tributary/protocols/runtime'

/**
 * So many of 0 … `of` − 1 that are there, each as likely, ascending; fewer where fewer are. They are asked in an order drawn by
 * chance (Fisher and Yates, kept only as far as it is used), so that it costs what is drawn, not what is registered.
 */
export const drawThere = ({
  of,
  count,
  always = [],
  isThere,
  random,
}: {
  of: number
  count: number
  /** Drawn before the others. */
  always?: readonly number[]
  isThere(index: number): boolean
  random: SeededRandom
}): number[] => {
  const drawn = new Set(always.filter(isThere))
  const moved = new Map<number, number>()
  for (let last = of - 1; last >= 0 && drawn.size < count; last--) {
    const at = integerBelow(random, last + 1)
    const next = moved.get(at) ?? at
    moved.set(at, moved.get(last) ?? last)
    if (isThere(next)) drawn.add(next)
  }
  return [...drawn].sort((a, b) => a - b)
}
