/** The word that was probably meant: at a third of its length in edits (Levenshtein 1966), or nearer; letters' case does not count. */
export const nearestWord = (word: string, words: Iterable<string>): string | undefined => {
  const sought = word.trim().toLowerCase().slice(0, LONGEST)
  let best: { word: string; distance: number } | undefined
  for (const candidate of words) {
    const distance = edits(sought, candidate.trim().toLowerCase().slice(0, LONGEST))
    if (distance <= candidate.length / 3 && distance < (best?.distance ?? Number.POSITIVE_INFINITY))
      best = { word: candidate, distance }
  }
  return best?.word
}

/** Work grows with the product of the lengths. */
const LONGEST = 64

const edits = (a: string, b: string): number => {
  let above = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++)
      row.push(
        Math.min(
          (above[j] ?? 0) + 1,
          (row[j - 1] ?? 0) + 1,
          (above[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1),
        ),
      )
    above = row
  }
  return above[b.length] ?? 0
}
