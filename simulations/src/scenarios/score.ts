import type { RowsJudged } from '../training/pool.ts'

/** Means over rows, added in their order. */
export const scoreOf = ({ losses, correct }: RowsJudged): { loss: number; accuracy: number } => ({
  loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
  accuracy: correct.reduce((sum, right) => sum + right, 0) / correct.length,
})
