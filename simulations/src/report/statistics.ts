import type { RoundResult, SeedResults } from './results.ts'

/** Mean and spread of one number over seeds; `deviation` is the sample's (n − 1), 0 for a single value. */
export type Spread = {
  readonly mean: number
  readonly deviation: number
  readonly low: number
  readonly high: number
  readonly count: number
}

/** `undefined` of no values; those that are not finite do not count. */
export const spreadOf = (values: readonly (number | null | undefined)[]): Spread | undefined => {
  const finite = values.flatMap((value) =>
    typeof value === 'number' && Number.isFinite(value) ? [value] : [],
  )
  const { length: count } = finite
  if (count === 0) return undefined
  const low = finite.reduce((least, value) => Math.min(least, value))
  const high = finite.reduce((most, value) => Math.max(most, value))
  // Divided first, so that the mean of finite numbers is finite; and held between the ends, out of which the rounding of the tiniest takes it.
  const mean = Math.min(
    high,
    Math.max(
      low,
      finite.reduce((sum, value) => sum + value / count, 0),
    ),
  )
  const squares = finite.reduce((sum, value) => sum + (value - mean) ** 2, 0)
  return {
    mean,
    deviation: count === 1 ? 0 : Math.sqrt(squares / (count - 1)),
    low,
    high,
    count,
  }
}

export type BandPoint = Spread & { readonly round: number }

/** For each round in which any seed has the number: its spread over the seeds that have it, in the order of rounds. */
export const bandOverSeeds = (
  seeds: readonly Pick<SeedResults, 'rounds'>[],
  numberOf: RoundNumber,
): readonly BandPoint[] =>
  bandOf(seeds.map(({ rounds }) => rounds.map((round) => ({ round: round.round, value: numberOf(round) }))))

/** As `bandOverSeeds`, of each seed's sum since its first round; a round without the number adds nothing. */
export const totalsOverSeeds = (
  seeds: readonly Pick<SeedResults, 'rounds'>[],
  numberOf: RoundNumber,
): readonly BandPoint[] =>
  bandOf(
    seeds.map(({ rounds }) => {
      let value = 0
      return rounds.map((round) => {
        value += numberOf(round) ?? 0
        return { round: round.round, value }
      })
    }),
  )

export type RoundNumber = (round: RoundResult) => number | null | undefined

type Numbered = { readonly round: number; readonly value: number | null | undefined }

const bandOf = (seeds: readonly (readonly Numbered[])[]): readonly BandPoint[] => {
  const byRound = new Map<number, (number | null | undefined)[]>()
  for (const { round, value } of seeds.flat()) {
    const values = byRound.get(round)
    if (values) values.push(value)
    else byRound.set(round, [value])
  }
  return [...byRound.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([round, values]) => {
      const spread = spreadOf(values)
      return spread ? [{ round, ...spread }] : []
    })
}

/** The value below which `share` of them lie, between neighbours by proportion (Hyndman and Fan's definition 7). */
export const quantile = (values: readonly number[], share: number): number | undefined => {
  const sorted = [...values].sort((a, b) => a - b)
  const at = share * (sorted.length - 1)
  const [low, high] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]]
  return low === undefined || high === undefined ? undefined : low + (high - low) * (at - Math.floor(at))
}

export type Bin = { readonly from: number; readonly to: number; readonly values: readonly number[] }

/** Bins of one width from `from` to `to`; the last takes its upper end too. Values outside are left out. */
export const binsOf = (
  values: readonly number[],
  { from, to, bins }: { readonly from: number; readonly to: number; readonly bins: number },
): readonly Bin[] => {
  const edge = (bin: number) => from + ((to - from) * bin) / bins
  const inBins = Array.from({ length: bins }, (): number[] => [])
  for (const value of values) {
    if (value < from || value > to) continue
    // By the edges as they are, because (value - from) / width may fall on the wrong side of one.
    let bin = Math.min(bins - 1, Math.floor(((value - from) / (to - from)) * bins))
    if (value < edge(bin)) bin--
    else if (bin < bins - 1 && value >= edge(bin + 1)) bin++
    inBins[bin]?.push(value)
  }
  return inBins.map((own, bin) => ({ from: edge(bin), to: edge(bin + 1), values: own }))
}

/** At most `most` of them, evenly taken, the first and the last among them. */
export const thinned = <T>(points: readonly T[], most: number): readonly T[] => {
  if (points.length <= most) return points
  const step = (points.length - 1) / (most - 1)
  return Array.from({ length: most }, (_, i) => points[Math.round(i * step)]).filter(
    (point) => point !== undefined,
  )
}
