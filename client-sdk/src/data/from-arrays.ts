import { type Examples, hasClasses } from '../training/examples.ts'
import { badExamples, type Dataset } from './dataset.ts'

export type FromArraysOptions = {
  /** Of one example's input; the product is how many values an example has. */
  shape: readonly number[]
  /** Values of one example's output, for targets that are values. Left out, 1. */
  outputs?: number
  /** What examples are told apart by, one each. */
  keys?: readonly string[]
}

/** Arrays, or what gives them: then each iteration asks anew. They are given as they are, all in one batch, and not copied. */
export const fromArrays = (
  examples: Examples | (() => Examples),
  { shape, outputs = 1, keys }: FromArraysOptions,
): Dataset => {
  const width = shape.reduce((a, b) => a * b, 1)
  const load = typeof examples === 'function' ? examples : () => examples
  const rowsOf = ({ inputs, targets }: Examples): number => {
    const rows = inputs.length / width
    const expected = rows * (hasClasses({ targets }) ? 1 : outputs)
    if (!Number.isInteger(rows) || targets.length !== expected)
      throw badExamples(
        `${inputs.length} input values and ${targets.length} targets are not as many examples of [${shape}]`,
        'Give `inputs` and `targets` for the same examples, and `shape` and `outputs` of one of them',
      )
    return rows
  }
  return {
    shape,
    ...(typeof examples !== 'function' && { size: rowsOf(examples) }),
    async *[Symbol.asyncIterator]() {
      const now = load()
      const rows = rowsOf(now)
      if (rows > 0) yield { inputs: now.inputs, targets: now.targets, rows, ...(keys && { keys }) }
    },
  }
}
