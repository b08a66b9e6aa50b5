import { median } from './median.ts'

/**
 * Median milliseconds of each contender. All run once per round in one process, and each round begins with another of
 * them, so that a busy machine, a warm cache and the compiler's warm-up weigh on all alike. Two rounds go uncounted.
 */
export function interleave<Name extends string>(
  rounds: number,
  contenders: Record<Name, () => unknown>,
): Record<Name, number> {
  const names = Object.keys(contenders) as Name[]
  const timesMs = Object.fromEntries(names.map((name) => [name, []])) as unknown as Record<Name, number[]>
  for (let round = -2; round < rounds; round++) {
    names.forEach((_, i) => {
      const name = names[(i + round + 2) % names.length]
      if (name === undefined) return
      const startedMs = performance.now()
      contenders[name]()
      if (round >= 0) timesMs[name].push(performance.now() - startedMs)
    })
  }
  return Object.fromEntries(names.map((name) => [name, median(timesMs[name])])) as Record<Name, number>
}
