import type { Dataset, Features } from '../datasets/index.ts'

/** Ids and classes fit: keys stay whole numbers below 2^53. */
const SHIFT = 1_024

/**
 * Share of the held-out rows of a text whose next character is the commonest in training after the same `order` before it; of an
 * end that training never saw, after one fewer, and so on (Katz 1987, without his discounts, which a most likely class does not
 * need). Undefined where the set is no text, or shows fewer.
 */
export const backOffAccuracy = ({ train, test }: Dataset, order: number): number | undefined => {
  const { features } = train
  if (features.kind !== 'windows' || test.features.kind !== 'windows' || features.width < order)
    return undefined
  const orders = Array.from({ length: order + 1 }, (_, shown) => commonestAfter(train, features, shown))
  let right = 0
  for (let row = 0; row < test.count; row++) {
    for (let shown = order; shown >= 0; shown--) {
      const likeliest = orders[shown]?.get(ending(test.features, row, shown))
      if (likeliest === undefined) continue
      if (likeliest === test.targets[row]) right += 1
      break
    }
  }
  return right / test.count
}

/** By the last `shown` characters, the class that follows most often; of equals the lowest. */
const commonestAfter = (
  { count, targets }: Dataset['train'],
  features: Extract<Features, { kind: 'windows' }>,
  shown: number,
): Map<number, number> => {
  const counts = new Map<number, number>()
  for (let row = 0; row < count; row++) {
    const key = ending(features, row, shown) * SHIFT + (targets[row] ?? 0)
    counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const best = new Map<number, { target: number; seen: number }>()
  for (const [key, seen] of counts) {
    const [end, target] = [Math.floor(key / SHIFT), key % SHIFT]
    const before = best.get(end)
    if (!before || seen > before.seen || (seen === before.seen && target < before.target))
      best.set(end, { target, seen })
  }
  return new Map([...best].map(([end, { target }]) => [end, target]))
}

/** A row's last `shown` ids as one number. */
const ending = (
  { width, values, starts, ids }: Extract<Features, { kind: 'windows' }>,
  row: number,
  shown: number,
): number => {
  const end = (starts[row] ?? 0) + width
  let key = 0
  for (let at = end - shown; at < end; at++) key = key * ids + (values[at] ?? 0)
  return key
}
