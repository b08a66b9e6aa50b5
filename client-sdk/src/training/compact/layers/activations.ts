import { unreachable } from '@tributary/protocols'
import { type Layer, type LayerNeeds, type Place, placeFor, sizeOf } from '../layer.ts'
import type { Activation } from '../layer-specs.ts'
import type { TrainingKernels } from '../training-module.ts'

/** An activation in place, on rows of `width` values. */
export type Activated = {
  apply(y: number, rows: number, width: number): void
  /** From the gradient by the activated values `y` to that by the values before. */
  derive(gradient: number, y: number, rows: number, width: number): void
}

export const activated = (kernels: TrainingKernels, activation: Activation): Activated => {
  switch (activation) {
    case 'linear':
      return { apply: () => {}, derive: () => {} }
    case 'relu':
      return {
        apply: (y, rows, width) => kernels.relu(y, rows * width),
        derive: (gradient, y, rows, width) => kernels.reluGradient(gradient, y, rows * width),
      }
    case 'sigmoid':
      return {
        apply: (y, rows, width) => kernels.sigmoid(y, rows * width),
        derive: (gradient, y, rows, width) => kernels.sigmoidGradient(gradient, y, rows * width),
      }
    case 'tanh':
      return {
        apply: (y, rows, width) => kernels.tanh(y, rows * width),
        derive: (gradient, y, rows, width) => kernels.tanhGradient(gradient, y, rows * width),
      }
    case 'softmax':
      return { apply: kernels.softmax, derive: kernels.softmaxGradient }
    default:
      return unreachable(activation)
  }
}

/** What the products do by themselves of an activation: the least value that they give, and what is left to do. */
export const fused = (kernels: TrainingKernels, activation: Activation): Activated & { floor: number } =>
  activation === 'relu'
    ? { ...activated(kernels, 'relu'), apply: () => {}, floor: 0 }
    : { ...activated(kernels, activation), floor: -Infinity }

export const activationLayer = (needs: LayerNeeds, input: Place, activation: Activation): Layer => {
  const { kernels } = needs
  const output = placeFor(needs, input.shape, needs.wanted)
  const { apply, derive } = activated(kernels, activation)
  const width = input.shape.at(-1) ?? 1
  const rowsOf = (examples: number) => (examples * sizeOf(input.shape)) / width
  const copy = (from: number, to: number, examples: number) =>
    kernels.copyRows(from, 0, 0, to, 0, 0, examples * sizeOf(input.shape) * 4, 1, 1)
  return {
    output,
    forward(examples) {
      copy(input.values, output.values, examples)
      apply(output.values, rowsOf(examples), width)
    },
    backward(examples) {
      if (!input.gradient) return
      copy(output.gradient, input.gradient, examples)
      derive(input.gradient, output.values, rowsOf(examples), width)
    },
  }
}
