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
    if (wrong !== undefined) throw badExamples(`class ${wrong} is not one of the model’s ${sizes.output}`)
  }
  return count
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

export const badExamples = (
  problem: string,
  remedy = 'Give `inputs` and `targets` as the model’s input and output shapes ask',
) => new TributaryError({ code: 'bad-examples', problem, remedy })
