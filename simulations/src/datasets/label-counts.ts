import type { Rows } from './dataset.ts'

/** How many rows each class has. */
export const labelCounts = ({ targets }: Pick<Rows, 'targets'>, classes: number): number[] => {
  const counts = new Array<number>(classes).fill(0)
  for (const target of targets) counts[target] = (counts[target] ?? 0) + 1
  return counts
}
