import type { RowCategory } from './partition-rows.ts'

/** Who holds what: `counts[client][label]` rows. */
export type Holdings = { readonly labels: readonly string[]; readonly counts: readonly (readonly number[])[] }

export const holdingsOf = (parts: readonly Uint32Array[], { names, of }: RowCategory): Holdings => ({
  labels: names,
  counts: parts.map((rows) => {
    const counts = Array<number>(names.length).fill(0)
    for (const row of rows) {
      const label = of[row] ?? 0
      counts[label] = (counts[label] ?? 0) + 1
    }
    return counts
  }),
})
