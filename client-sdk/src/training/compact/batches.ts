/** Examples on their way into a model's memory. */
import { type ExampleSizes, type Examples, hasClasses } from '../examples.ts'
import type { TrainingKernels } from './training-module.ts'

/** Copies the inputs of these rows, in this order. */
export const loadInputs = (
  { memory }: TrainingKernels,
  inputs: Float32Array,
  order: Uint32Array,
  size: number,
  address: number,
): void => {
  const to = new Float32Array(memory.buffer, address, order.length * size)
  for (let row = 0; row < order.length; row++) {
    const from = (order[row] ?? 0) * size
    to.set(inputs.subarray(from, from + size), row * size)
  }
}

/** Copies their targets: classes as such where the loss takes them, else as rows with a single one. */
export const loadTargets = (
  { memory }: TrainingKernels,
  { targets }: Pick<Examples, 'targets'>,
  order: Uint32Array,
  { output }: ExampleSizes,
  { address, classes }: { address: number; classes: boolean },
): void => {
  if (classes) {
    const to = new Int32Array(memory.buffer, address, order.length)
    for (let row = 0; row < order.length; row++) to[row] = targets[order[row] ?? 0] ?? 0
    return
  }
  const to = new Float32Array(memory.buffer, address, order.length * output)
  const hot = hasClasses({ targets })
  if (hot) to.fill(0)
  for (let row = 0; row < order.length; row++) {
    const from = order[row] ?? 0
    if (hot) to[row * output + (targets[from] ?? 0)] = 1
    else to.set(targets.subarray(from * output, (from + 1) * output), row * output)
  }
}
