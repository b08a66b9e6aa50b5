/** What training, judging and asking share of a model: its memory, and the way in and out of it. */
import type { Loss, Plan } from '@tributary/protocols/task'
import type { Examples } from '../examples.ts'
import { type Assembly, assemble } from './assemble.ts'
import { sizeOf } from './layer.ts'
import type { Outline } from './outline.ts'
import type { TrainingKernels } from './training-module.ts'

export type CompactJob = {
  weights: Float32Array
  /** Of the tensors that nobody trains, where the model has such. */
  frozen?: Float32Array
  examples: Examples
  plan: Plan
  seed: number
  /** Added to the gradient of every step, in the order of the weights. */
  correction?: Float32Array
}

export type CompactBody = {
  kernels: TrainingKernels
  outline: Outline
  loss: Loss
  /** With room for this many examples at once; addresses of before are void if it had to be laid out anew. */
  roomFor(examples: number): Assembly
  /** A cleared block as long as the trained weights, of that name. */
  memory(name: string): number
  load(weights: Float32Array): void
  /** Writes the trained weights' parts of a flat vector of all weights into a block as long as them. */
  spread(flat: Float32Array, address: number): void
  read(): Float32Array
}

/** Rows that memory is laid out for at least: so judging never lays it out anew. */
const LEAST_ROWS = 32

export const createBody = (
  kernels: TrainingKernels,
  outline: Outline,
  loss: Loss,
  parameters: number,
): CompactBody => {
  let assembly: Assembly | undefined
  let blocks = new Map<string, number>()
  const roomFor = (examples: number): Assembly => {
    if (!assembly || assembly.capacity < examples) {
      blocks = new Map()
      assembly = assemble(kernels, outline, { loss, capacity: Math.max(examples, LEAST_ROWS) })
    }
    return assembly
  }
  const tensors = () => {
    let start = 0
    return roomFor(1).weights.map(({ values, length }) => {
      const from = start
      start += length
      return { at: new Float32Array(kernels.memory.buffer, values, length), from, to: start }
    })
  }
  return {
    kernels,
    outline,
    loss,
    roomFor,
    memory(name) {
      const { space } = roomFor(1)
      const length = outline.trainedValues
      const address = blocks.get(name) ?? space.block(length)
      blocks.set(name, address)
      kernels.clear(address, length * 4)
      return address
    },
    load(weights) {
      if (weights.length !== parameters)
        throw new RangeError(`${weights.length} weights for a model of ${parameters}`)
      for (const { at, from, to } of tensors()) at.set(weights.subarray(from, to))
    },
    spread(flat, address) {
      if (flat.length !== parameters)
        throw new RangeError(`${flat.length} values for a model of ${parameters} parameters`)
      let start = 0
      for (const { trainable, offset, length } of outline.weights) {
        const part = flat.subarray(start, start + length)
        if (trainable) new Float32Array(kernels.memory.buffer, address + offset * 4, length).set(part)
        start += length
      }
    },
    read() {
      const weights = new Float32Array(parameters)
      for (const { at, from } of tensors()) weights.set(at, from)
      return weights
    },
  }
}

/** Sizes of one example, in numbers. */
export const exampleSizes = ({ inputShape, outputShape }: Outline) => ({
  input: sizeOf(inputShape),
  output: sizeOf(outputShape),
})
