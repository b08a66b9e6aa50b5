import { type Layer, type LayerNeeds, type Place, placeFor, sizeOf, type Weight } from '../layer.ts'
import type { Activation } from '../layer-specs.ts'
import { fused } from './activations.ts'

/** Bytes of weights that stay in the cache between the input's gradient, which reads them, and their own. */
const BLOCK_BYTES = 131_072

/** y = activation(x × kernel + bias) along the last axis. */
export const denseLayer = (
  needs: LayerNeeds,
  input: Place,
  { units, activation }: { units: number; activation: Activation },
  { kernel, bias }: { kernel: Weight; bias: Weight | undefined },
): Layer => {
  const { kernels, zeros } = needs
  const { scratch } = needs.space
  const depth = input.shape.at(-1) ?? 1
  const perExample = sizeOf(input.shape) / depth
  const output = placeFor(needs, [...input.shape.slice(0, -1), units], needs.wanted || kernel.gradient !== 0)
  const { floor, apply, derive } = fused(kernels, activation)
  scratch.reserve(128 + 48 * Math.max(depth, units))
  const block = Math.max(40, Math.floor(BLOCK_BYTES / (units * 4 * 40)) * 40)

  return {
    output,
    forward(examples) {
      const rows = examples * perExample
      const { address } = scratch
      const start = bias?.values ?? zeros
      kernels.multiply(
        input.values,
        depth * 4,
        rows,
        depth,
        kernel.values,
        units,
        start,
        floor,
        output.values,
        address,
      )
      apply(output.values, rows, units)
    },
    backward(examples, rate) {
      const rows = examples * perExample
      const { address } = scratch
      derive(output.gradient, output.values, rows, units)
      for (let from = 0; from < depth; from += block) {
        const some = Math.min(block, depth - from)
        const [at, step] = [from * units * 4, depth * 4]
        if (input.gradient)
          kernels.multiplyTransposedRight(
            output.gradient,
            rows,
            units,
            kernel.values + at,
            some,
            zeros,
            input.gradient + from * 4,
            step,
            address,
          )
        if (!kernel.gradient) continue
        const [base, baseStep] = rate === undefined ? [zeros, 0] : [kernel.values + at, units * 4]
        const to = (rate === undefined ? kernel.gradient : kernel.values) + at
        kernels.multiplyTransposedLeft(
          input.values + from * 4,
          step,
          some,
          rows,
          output.gradient,
          units,
          base,
          baseStep,
          rate === undefined ? 1 : -rate,
          to,
          address,
        )
      }
      if (!bias?.gradient) return
      if (rate === undefined) kernels.sumRows(output.gradient, rows, units, zeros, 1, bias.gradient)
      else kernels.sumRows(output.gradient, rows, units, bias.values, -rate, bias.values)
    },
  }
}
