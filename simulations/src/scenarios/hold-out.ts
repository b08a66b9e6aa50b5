import { type SeededRandom, sample } from '@tributary/protocols/runtime'

/**
 * Each client's rows in two: those that train, and those that judge its own model. As many are held as the share says, rounded down, and
 * never all; which ones follows from the chance and the client's number alone. Both keep the order that the rows were in.
 */
export const holdOut = (
  parts: readonly Uint32Array[],
  share: number,
  random: SeededRandom,
): { parts: Uint32Array[]; held: Uint32Array[] } => {
  const split = parts.map((rows, client) => {
    const count = Math.min(Math.floor(rows.length * share), Math.max(0, rows.length - 1))
    const chosen = new Set(sample(random.fork(`rows of ${client}`), [...rows.keys()], count))
    return {
      rows: rows.filter((_, at) => !chosen.has(at)),
      held: rows.filter((_, at) => chosen.has(at)),
    }
  })
  return { parts: split.map(({ rows }) => rows), held: split.map(({ held }) => held) }
}
