import { type SeededRandom, shuffle } from '@tributary/protocols/runtime'

/** Rows that train and rows that test, each ascending. */
export type Split = { readonly train: readonly number[]; readonly test: readonly number[] }

/**
 * Sets aside ⌈`testShare` × rows⌉ rows to test by, drawn so that each stratum gives its share (largest remainders).
 * `stratumOf[row]` is a small whole number.
 */
export const splitRows = (random: SeededRandom, stratumOf: readonly number[], testShare: number): Split => {
  const strata = new Map<number, number[]>()
  for (const [row, stratum] of stratumOf.entries()) strata.set(stratum, [...(strata.get(stratum) ?? []), row])
  const wanted = Math.ceil(testShare * stratumOf.length)
  const shares = [...strata.values()].map((rows) => {
    const exact = (wanted * rows.length) / stratumOf.length
    return { rows, whole: Math.floor(exact), remainder: exact - Math.floor(exact) }
  })
  let left = wanted - shares.reduce((sum, { whole }) => sum + whole, 0)
  const test = shares
    .toSorted((a, b) => b.remainder - a.remainder)
    .flatMap(({ rows, whole }) => shuffle(random, rows).slice(0, whole + (left-- > 0 ? 1 : 0)))
    .sort((a, b) => a - b)
  const tested = new Set(test)
  return { train: stratumOf.map((_, row) => row).filter((row) => !tested.has(row)), test }
}
