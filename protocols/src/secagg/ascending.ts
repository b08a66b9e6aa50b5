/** Lists in ascending order, each value once: members, and clients by their ids. */

/** Where a value stands, or -1. */
export const placeOf = <T extends number | string>(value: T, ascending: readonly T[]): number => {
  const place = placeFor(value, ascending)
  return ascending[place] === value ? place : -1
}

/** The list with one more: it does not tell in which order they came. */
export const including = <T extends number | string>(ascending: readonly T[], value: T): T[] => {
  const place = placeFor(value, ascending)
  return ascending[place] === value ? [...ascending] : ascending.toSpliced(place, 0, value)
}

/** How many are below. */
const placeFor = <T extends number | string>(value: T, ascending: readonly T[]): number => {
  let from = 0
  let to = ascending.length
  while (from < to) {
    const middle = (from + to) >> 1
    if ((ascending[middle] ?? value) < value) from = middle + 1
    else to = middle
  }
  return from
}
