/** Smaller value to the first rank, larger to the second. */
export type Comparator = readonly [low: number, high: number]

/**
 * Batcher's odd-even merge sorting network (1968; Knuth, TAOCP volume 3, section 5.3.4) over `count` values, without the
 * comparators that no rank from `first` to `last` depends on: 330 of 403 are left for the median of 50.
 */
export function rankNetwork(count: number, first: number, last: number): Comparator[] {
  const needed = new Set<number>()
  for (let rank = first; rank <= last; rank++) needed.add(rank)
  return oddEvenMergeSort(count)
    .reverse()
    .filter(([low, high]) => {
      if (!needed.has(low) && !needed.has(high)) return false
      needed.add(low).add(high)
      return true
    })
    .reverse()
}

function oddEvenMergeSort(count: number): Comparator[] {
  const network: Comparator[] = []
  for (let run = 1; run < count; run *= 2) {
    for (let gap = run; gap >= 1; gap /= 2) {
      for (let start = gap % run; start + gap < count; start += 2 * gap) {
        for (let low = start; low < Math.min(start + gap, count - gap); low++) {
          const high = low + gap
          if (Math.floor(low / (2 * run)) === Math.floor(high / (2 * run))) network.push([low, high])
        }
      }
    }
  }
  return network
}

/** Ranks whose mean is the median of `count` values. */
export function middleRanks(count: number): [first: number, last: number] {
  return [(count - 1) >> 1, count >> 1]
}
