import type { Dataset } from '../datasets/index.ts'
import type { RowsJudged } from '../training/pool.ts'

/** Means over rows, added in their order. */
export const scoreOf = ({ losses, correct }: RowsJudged): { loss: number; accuracy: number } => ({
  loss: losses.reduce((sum, loss) => sum + loss, 0) / losses.length,
  accuracy: correct.reduce((sum, right) => sum + right, 0) / correct.length,
})

/** As `scoreOf`; a regression is never right, and has no accuracy. */
export const scoreFor = (
  { kind }: Dataset['task'],
  judged: RowsJudged,
): { loss: number; accuracy?: number } => {
  const { loss, accuracy } = scoreOf(judged)
  return kind === 'classification' ? { loss, accuracy } : { loss }
}
