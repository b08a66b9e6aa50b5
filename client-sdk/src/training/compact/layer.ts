/** What a layer is at work: addresses, and calls into the training module. */
import type { Penalty } from './layer-specs.ts'
import type { Space } from './space.ts'
import type { TrainingKernels } from './training-module.ts'

/** Between two layers: their values, row-major, and the gradient of the loss by them. */
export type Place = {
  /** Of one example. */
  shape: readonly number[]
  values: number
  /** 0 where no layer before has anything to learn from it. */
  gradient: number
}

/** A weight tensor in memory. `gradient` is 0 where it is not trained. */
export type Weight = { values: number; gradient: number; length: number; penalty: Penalty }

export type Layer = {
  output: Place
  /** From the input's values to the output's. */
  forward(rows: number, mode: 'training' | 'inference'): void
  /**
   * From the output's gradient to the input's and to those of the weights. With a `rate`, weights move down at once
   * by that times their gradient, which is then kept nowhere.
   */
  backward(rows: number, rate: number | undefined): void
}

export type LayerNeeds = {
  kernels: TrainingKernels
  space: Space
  /** Most rows that go through at once. */
  capacity: number
  /** As many zeros as any layer has columns. */
  zeros: number
  /** Whether a layer before this one is trained. */
  wanted: boolean
  /** What dropout draws from: another word for every step. */
  chance: { word: number }
}

export const sizeOf = (shape: readonly number[]): number => shape.reduce((a, b) => a * b, 1)

export const placeFor = (
  { space, capacity }: LayerNeeds,
  shape: readonly number[],
  wanted: boolean,
): Place => ({
  shape,
  values: space.block(capacity * sizeOf(shape)),
  gradient: wanted ? space.block(capacity * sizeOf(shape)) : 0,
})
