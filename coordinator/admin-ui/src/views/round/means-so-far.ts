import type { MemberView } from '@tributary/protocols/rest'

/** Means over updates that are in, weighted by examples; a client without a metric, or without examples, is left out of it. */
export const meansSoFar = (members: readonly MemberView[]): Readonly<Record<string, number>> => {
  const sums = new Map<string, { sum: number; examples: number }>()
  for (const member of members) {
    if (member.status !== 'received' || !member.examples) continue
    for (const [name, value] of Object.entries(member.metrics ?? {})) {
      const { sum, examples } = sums.get(name) ?? { sum: 0, examples: 0 }
      sums.set(name, { sum: sum + value * member.examples, examples: examples + member.examples })
    }
  }
  return Object.fromEntries([...sums].map(([name, { sum, examples }]) => [name, sum / examples]))
}
