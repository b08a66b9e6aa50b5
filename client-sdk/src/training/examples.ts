/** What a client learns from, as flat arrays. */
import { TributaryError } from '../tributary-error.ts'

export type Examples = {
  /** Row-major: one row of the model's input shape an example. */
  inputs: Float32Array
  /**
   * Whole numbers (`Uint8Array`, `Int32Array`): one class an example, for softmax cross-entropy. `Float32Array`:
   * row-major, one row of the model's output shape an example.
   */
  targets: Float32Array | Int32Array | Uint8Array
}

/** Sizes of one example's input and output, in numbers. */
export type ExampleSizes = { input: number; output: number }

/** How many there are. @throws TributaryError `bad-examples` when inputs, targets and model do not fit each other. */
export const countExamples = ({ inputs, targets }: Examples, sizes: ExampleSizes): number => {
  const count = inputs.length / sizes.input
  if (!Number.isInteger(count))
    throw badExamples(`${inputs.length} input values are no whole number of examples of ${sizes.input}`)
  const expected = hasClasses({ targets }) ? count : count * sizes.output
  if (targets.length !== expected)
    throw badExamples(
      `${count} examples need ${expected} ${hasClasses({ targets }) ? 'classes' : 'target values'}, not ${targets.length}`,
    )
  if (hasClasses({ targets })) {
    const wrong = targets.find((target) => target < 0 || target >= sizes.output)
    if (wrong !== undefined) throw noClass(wrong, sizes.output)
  }
  return count
}

/**
 * One number that is none would make every weight one.
 * @param first The number of the first of these rows among the examples that the message counts, from 0.
 * @throws TributaryError `bad-examples` that names the first such example, and not what stands there.
 */
export const requireFinite = (
  { inputs, targets }: Examples,
  rows: Iterable<number>,
  sizes: ExampleSizes,
  first = 0,
): void => {
  const sides = [
    ['input', inputs, sizes.input],
    ['target', targets, sizes.output],
  ] as const
  for (const row of rows)
    for (const [side, values, width] of sides) {
      const at = values.subarray(row * width, (row + 1) * width).findIndex((value) => !Number.isFinite(value))
      if (at >= 0)
        throw badExamples(
          `${side} ${at + 1} of example ${first + row + 1} is not a finite number`,
          'Leave such examples out, or put a number where one is missing',
        )
    }
}

/** Whether the targets are classes, and not values. */
export const hasClasses = ({ targets }: Pick<Examples, 'targets'>): boolean =>
  !(targets instanceof Float32Array)

/** The rows of these examples, in this order. */
export const batchOf = (
  { inputs, targets }: Examples,
  order: Uint32Array,
  sizes: ExampleSizes,
): { inputs: Float32Array; targets: Float32Array | Int32Array } => {
  const targetSize = hasClasses({ targets }) ? 1 : sizes.output
  const batch = {
    inputs: new Float32Array(order.length * sizes.input),
    targets: hasClasses({ targets })
      ? new Int32Array(order.length)
      : new Float32Array(order.length * targetSize),
  }
  for (let row = 0; row < order.length; row++) {
    const from = order[row] ?? 0
    batch.inputs.set(inputs.subarray(from * sizes.input, (from + 1) * sizes.input), row * sizes.input)
    batch.targets.set(targets.subarray(from * targetSize, (from + 1) * targetSize), row * targetSize)
  }
  return batch
}

const noClass = (given: number, classes: number) =>
  classes > 1
    ? badExamples(`class ${given} is not one of the model’s ${classes}`)
    : badExamples(
        'the targets are classes, and the model has a single output',
        'Give them as a Float32Array, a number an example',
      )

export const badExamples = (
  problem: string,
  remedy = 'Give `inputs` and `targets` as the model’s input and output shapes ask',
) => new TributaryError({ code: 'bad-examples', problem, remedy })
