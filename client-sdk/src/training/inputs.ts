/** What a model is asked about. */
import { badExamples } from './examples.ts'

/** Numbers, row-major, of any number of examples; or an array with an array for each example, which may be nested as the model's input shape is. */
export type Inputs = ArrayLike<number> | readonly Inputs[]

/**
 * As the model takes them: row-major, `size` numbers an example.
 * @throws TributaryError `bad-examples` for anything else, and for numbers that are not finite.
 */
export const rowMajor = (inputs: Inputs, size: number): Float32Array => {
  const bad = (problem: string) =>
    badExamples(problem, `Give ${size} numbers for each example, in one array or in an array for each`)
  if (!isList(inputs)) throw bad('the inputs are no array')
  const examples: readonly unknown[] = Array.isArray(inputs) && inputs.some(isList) ? inputs : []
  const uneven = examples.findIndex((one) => numbersIn(one).length !== size)
  if (uneven >= 0) throw bad(`example ${uneven + 1} is not ${size} numbers`)
  const values = inputs instanceof Float32Array ? inputs : Float32Array.from(numbersIn(inputs))
  if (values.length % size > 0) throw bad(`${values.length} numbers are no whole number of examples`)
  const wrong = values.findIndex((value) => !Number.isFinite(value))
  if (wrong >= 0) throw bad(`example ${Math.floor(wrong / size) + 1} is not all finite numbers`)
  return values
}

const isList = (given: unknown): given is ArrayLike<unknown> =>
  Array.isArray(given) || (ArrayBuffer.isView(given) && 'length' in given)

/** All of them, in order; NaN for whatever is none. */
const numbersIn = (given: unknown): number[] =>
  isList(given) ? Array.from(given).flatMap(numbersIn) : [typeof given === 'number' ? given : Number.NaN]
