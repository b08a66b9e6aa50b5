import { refuse } from '../scenarios/scenario-error.ts'
import type { Alpha } from './fields.ts'

/** One concentration for each of `count`. @throws ScenarioError when as many are not given. */
export const concentrations = (alpha: Alpha, count: number, of: string): readonly number[] => {
  if (typeof alpha === 'number') return Array<number>(count).fill(alpha)
  if (alpha.length === count) return alpha
  return refuse(
    'alpha',
    `${alpha.length} values for ${count} ${of}: give one for each, or one number for all`,
  )
}
