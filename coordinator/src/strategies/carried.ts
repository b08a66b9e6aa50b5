import type { Beginning } from './strategy.ts'

/**
 * A vector that an earlier round left under this name, copied; where there is no state, one that holds `initial` throughout.
 * Throws a `RangeError` for a state that another strategy or a model of another size has left.
 */
export const carriedVector = ({ base, state }: Beginning, name: string, initial = 0): Float32Array => {
  if (!state) return new Float32Array(base.length).fill(initial)
  const vector = state.vectors[name]
  if (vector?.length !== base.length)
    throw new RangeError(`the state has no vector ${name} of ${base.length} values`)
  return vector.slice()
}

/** The same for a number. */
export const carriedNumber = ({ state }: Pick<Beginning, 'state'>, name: string, initial: number): number => {
  if (!state) return initial
  const number = state.numbers[name]
  if (number === undefined) throw new RangeError(`the state has no number ${name}`)
  return number
}
