import type { BandView } from '@tributary/protocols/rest'
import type { Member } from '../round/member.ts'

/**
 * How numbers lie: least, greatest, and percentiles that interpolate linearly (type 7 of Hyndman and Fan 1996, what NumPy and R do
 * unless told otherwise). Throws `RangeError` where there is none.
 */
export const bandOf = (values: readonly number[]): BandView => {
  const sorted = Float64Array.from(values).sort()
  const [min] = sorted
  const max = sorted.at(-1)
  if (min === undefined || max === undefined) throw new RangeError('a band is of one number at least')
  const percentile = (share: number): number => {
    const place = (sorted.length - 1) * share
    const below = sorted[Math.floor(place)] ?? max
    const above = sorted[Math.ceil(place)] ?? max
    return below + (above - below) * (place - Math.floor(place))
  }
  return {
    clients: sorted.length,
    min,
    p10: percentile(0.1),
    median: percentile(0.5),
    p90: percentile(0.9),
    max,
  }
}

/** Metrics are named by clients, who may make names up: of the first in the order of client ids this many are kept. */
const MOST_METRICS = 64

/** Of each metric, how it lies over the clients that sent it; none of updates that are under a mask. */
export const bandsOf = (members: readonly Member[]): Record<string, BandView> => {
  const values = new Map<string, number[]>()
  for (const member of members) {
    if (member.status !== 'received' || 'masked' in member.receipt) continue
    for (const [name, value] of Object.entries(member.receipt.metrics)) {
      const before = values.get(name)
      if (before) before.push(value)
      else if (values.size < MOST_METRICS) values.set(name, [value])
    }
  }
  return Object.fromEntries([...values].map(([name, all]) => [name, bandOf(all)]))
}
