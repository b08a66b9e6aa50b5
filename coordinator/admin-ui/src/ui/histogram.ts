/** Bins of one width over the finite values: `edges` has one more than `counts`; a value on an edge is counted above it, the largest in the last bin. */
export const histogram = (
  values: readonly number[],
  bins: number,
): { edges: readonly number[]; counts: readonly number[] } => {
  const finite = values.filter(Number.isFinite)
  if (finite.length === 0 || bins < 1) return { edges: [], counts: [] }
  const min = finite.reduce((a, b) => Math.min(a, b))
  const max = finite.reduce((a, b) => Math.max(a, b))
  if (min === max) return { edges: [min, max], counts: [finite.length] }
  const width = (max - min) / bins
  const counts = Array.from({ length: bins }, () => 0)
  for (const value of finite) {
    const bin = Math.min(bins - 1, Math.floor((value - min) / width))
    counts[bin] = (counts[bin] ?? 0) + 1
  }
  return { edges: Array.from({ length: bins + 1 }, (_, i) => (i === bins ? max : min + i * width)), counts }
}
