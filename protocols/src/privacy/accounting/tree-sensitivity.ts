import { requireCount } from './requirements.ts'

/** Rounds whose running sums are released through binary trees of noise, and how a client may take part in them. */
export type TreePlan = {
  /** Rounds of each tree in order; a restart begins another. */
  readonly trees: readonly number[]
  /** Times a client may take part at most, over all trees. */
  readonly most: number
  /** Rounds that must lie between two participations of a client: 0 lets it take part in every round. */
  readonly between: number
}

/**
 * The squared L2 sensitivity of all that tree aggregation releases, one participation having length 1 (Kairouz et al. 2021,
 * multiple participations; the noise is Gaussian a node, so ρ = this / 2z²): the most, over every pattern of participation that is allowed, of
 * Σ over complete nodes of (participations below the node)².
 *
 * Exact where that is quick to find: while rounds × most³ is at most 2²². Beyond, each level by itself at its most, which no one pattern need
 * reach: at most some percent more, and never less.
 * @throws RangeError beyond 2³⁰ rounds.
 */
export const treeSensitivitySquared = (plan: TreePlan): number => {
  const { trees, most, between } = plan
  requireCount('most', most)
  requireCount('between', between)
  for (const rounds of trees) requireCount('rounds of a tree', rounds)
  const rounds = trees.reduce((sum, each) => sum + each, 0)
  if (rounds > 2 ** 30) throw new RangeError('tree accounting reaches to 2^30 rounds')
  return rounds * most ** 3 <= 2 ** 22 ? sensitivityByPatterns(plan) : sensitivityByLevels(plan)
}

/** A node over 2^h rounds is taken part in ⌈2^h / (between + 1)⌉ times at most, and squares add up to most where few nodes have all. */
export const sensitivityByLevels = ({ trees, most, between }: TreePlan): number => {
  let squared = 0
  for (let size = 1; trees.some((rounds) => rounds >= size); size *= 2) {
    const nodes = trees.reduce((sum, rounds) => sum + Math.floor(rounds / size), 0)
    const each = Math.min(most, Math.ceil(size / (between + 1)))
    const full = Math.min(nodes, each === 0 ? 0 : Math.floor(most / each))
    const rest = full < nodes ? most - full * each : 0
    squared += full * each ** 2 + rest ** 2
  }
  return squared
}

/**
 * By dynamic programming. A pattern within a node matters to what lies outside by how often it takes part, how much it adds,
 * and where its first and last participations are; so for each (times, sum) it is enough to know the earliest last participation
 * for every earliest allowed first one. Time grows as rounds × most² × distinct sums².
 */
const sensitivityByPatterns = ({ trees, most, between }: TreePlan): number => {
  const apart = between + 1
  const byHeight: Patterns[] = []
  const nodeOf = (height: number): Patterns => {
    const known = byHeight[height]
    if (known !== undefined) return known
    const made =
      height === 0 ? leaf(most) : joined(nodeOf(height - 1), { half: 2 ** (height - 1), most, apart })
    byHeight[height] = made
    return made
  }
  // The complete nodes stand in a row; between them only the next allowed round is carried.
  let reached: Frontier = new Map([[0, new Map([[0, 0]])]])
  let start = 0
  for (const height of trees.flatMap(heightsOf)) {
    reached = extended(reached, { node: nodeOf(height), start, size: 2 ** height, most, apart })
    start += 2 ** height
  }
  let best = 0
  for (const sums of reached.values()) for (const sum of sums.keys()) best = Math.max(best, sum)
  return best
}

/** For times a client takes part → sum of squares → earliest last participation (-1 for none), by earliest allowed first one. */
type Patterns = readonly ReadonlyMap<number, Int32Array>[]

/** For times → sum → the earliest round that is allowed next. */
type Frontier = Map<number, Map<number, number>>

const impossible = 2 ** 30

const leaf = (most: number): Patterns =>
  Array.from({ length: Math.min(most, 1) + 1 }, (_, times) => new Map([[times, Int32Array.of(times - 1)]]))

/** The complete trees that stand over `rounds` leaves, from the left: the binary digits of the number. */
const heightsOf = (rounds: number): number[] =>
  Array.from({ length: 31 }, (_, i) => 30 - i).filter((height) => Math.floor(rounds / 2 ** height) % 2 === 1)

/** A node over two halves: whoever takes part c times below it adds c² more. */
const joined = (
  child: Patterns,
  { half, most, apart }: { half: number; most: number; apart: number },
): Patterns => {
  const size = 2 * half
  const node = Array.from(
    { length: Math.min(most, 2 * (child.length - 1)) + 1 },
    () => new Map<number, Int32Array>(),
  )
  child.forEach((lefts, leftTimes) => {
    child.forEach((rights, rightTimes) => {
      const times = leftTimes + rightTimes
      const into = node[times]
      if (into === undefined) return
      for (const [leftSum, left] of lefts)
        for (const [rightSum, right] of rights) {
          const sum = leftSum + rightSum + times * times
          const last = into.get(sum) ?? new Int32Array(size).fill(impossible)
          into.set(sum, last)
          for (let first = 0; first < size; first++) {
            const leftLast = leftTimes === 0 ? -1 : first < half ? (left[first] ?? impossible) : impossible
            if (leftLast === impossible) break
            const from = Math.max(0, leftTimes === 0 ? first - half : leftLast + apart - half)
            const rightLast = rightTimes === 0 ? -1 : from < half ? (right[from] ?? impossible) : impossible
            if (rightLast === impossible) break
            const end = rightTimes === 0 ? leftLast : rightLast + half
            if (end < (last[first] ?? 0)) last[first] = end
          }
        }
    })
  })
  const possible = node.map(undominated)
  while ((possible.at(-1)?.size ?? 1) === 0) possible.pop()
  return possible
}

/** Drops a sum where a greater one ends no later wherever the first may begin. */
const undominated = (sums: ReadonlyMap<number, Int32Array>): ReadonlyMap<number, Int32Array> => {
  const kept = new Map<number, Int32Array>()
  for (const [sum, last] of [...sums].sort(([a], [b]) => b - a)) {
    if (last[0] === impossible) continue
    const better = [...kept.values()].some((other) => last.every((end, first) => (other[first] ?? 0) <= end))
    if (!better) kept.set(sum, last)
  }
  return kept
}

const extended = (
  reached: Frontier,
  next: { node: Patterns; start: number; size: number; most: number; apart: number },
): Frontier => {
  const { node, start, size, most, apart } = next
  const after: Frontier = new Map()
  for (const [before, sums] of reached)
    for (const [sum, allowed] of sums)
      node.forEach((patterns, times) => {
        if (before + times > most) return
        for (const [more, last] of patterns) {
          const from = Math.max(0, allowed - start)
          const end = times === 0 ? -1 : from < size ? (last[from] ?? impossible) : impossible
          if (end === impossible) continue
          const free = times === 0 ? allowed : start + end + apart
          const into = after.get(before + times) ?? new Map<number, number>()
          after.set(before + times, into)
          into.set(sum + more, Math.min(free, into.get(sum + more) ?? impossible))
        }
      })
  return after
}
