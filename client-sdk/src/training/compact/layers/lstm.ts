import { type Layer, type LayerNeeds, type Place, placeFor, type Weight } from '../layer.ts'
import type { Lstm } from '../layer-specs.ts'

/**
 * Long short-term memory over [moments, depth] (Hochreiter and Schmidhuber 1997; gates and weights as Keras orders them), from a
 * state of zeros, with gradients through all moments. Inside, all rows of a moment lie together: the inputs of all moments go
 * through one product, and only the state's own has to wait for the moment before.
 */
export const lstmLayer = (
  needs: LayerNeeds,
  input: Place,
  { units, gates, sequences }: Pick<Lstm, 'units' | 'gates' | 'sequences'>,
  { kernel, recurrent, bias }: { kernel: Weight; recurrent: Weight; bias: Weight | undefined },
): Layer => {
  const { kernels, zeros, space, capacity } = needs
  const { scratch } = space
  const [moments = 1, depth = 1] = input.shape
  const hard = gates === 'hard-sigmoid' ? 1 : 0
  const trained = kernel.gradient !== 0
  const output = placeFor(needs, sequences ? [moments, units] : [units], needs.wanted || trained)

  const all = capacity * moments
  const x = space.block(all * depth)
  const dx = input.gradient && space.block(all * depth)
  const z = space.block(all * 4 * units)
  const h = space.block(all * units)
  const dh = output.gradient && space.block(all * units)
  const tanhC = space.block(all * units)
  // One state more than moments: zeros come before the first.
  const c = space.block((all + capacity) * units)
  const dc = output.gradient && space.block(capacity * units)
  const panels = space.block(4 * units * Math.ceil(units / 8) * 8)
  scratch.reserve(128 + 48 * Math.max(depth, 4 * units))

  /** From rows of moments to moments of rows, and back. */
  const byMoment = (from: number, to: number, rows: number, width: number) =>
    kernels.copyRows(
      from,
      width * 4,
      moments * width * 4,
      to,
      rows * width * 4,
      width * 4,
      width * 4,
      moments,
      rows,
    )
  const byRow = (from: number, to: number, rows: number, width: number) =>
    kernels.copyRows(
      from,
      rows * width * 4,
      width * 4,
      to,
      width * 4,
      moments * width * 4,
      width * 4,
      moments,
      rows,
    )
  const copy = (from: number, to: number, values: number) =>
    kernels.copyRows(from, 0, 0, to, 0, 0, values * 4, 1, 1)

  return {
    output,
    forward(rows) {
      const { address } = scratch
      const [step, last] = [rows * units * 4, moments - 1]
      byMoment(input.values, x, rows, depth)
      const start = bias?.values ?? zeros
      kernels.multiply(
        x,
        depth * 4,
        rows * moments,
        depth,
        kernel.values,
        4 * units,
        start,
        -Infinity,
        z,
        address,
      )
      kernels.packPanels(recurrent.values, units, 4 * units, panels)
      kernels.clear(c, step)
      for (let moment = 0; moment <= last; moment++) {
        const [at, gates] = [moment * step, z + moment * 4 * step]
        if (moment > 0) kernels.addProduct(h + at - step, rows, units, panels, 4 * units, gates, address)
        kernels.lstmForward(gates, c + at, c + at + step, tanhC + at, h + at, rows, units, hard)
      }
      if (sequences) byRow(h, output.values, rows, units)
      else copy(h + last * step, output.values, rows * units)
    },
    backward(rows, rate) {
      if (!output.gradient) return
      const { address } = scratch
      const [step, last] = [rows * units * 4, moments - 1]
      if (sequences) byMoment(output.gradient, dh, rows, units)
      else {
        kernels.clear(dh, last * step)
        copy(output.gradient, dh + last * step, rows * units)
      }
      kernels.packTransposedPanels(recurrent.values, 4 * units, units, panels, address)
      kernels.clear(dc, step)
      for (let moment = last; moment >= 0; moment--) {
        const [at, gates] = [moment * step, z + moment * 4 * step]
        kernels.lstmBackward(gates, c + at, tanhC + at, dh + at, dc, rows, units, hard)
        if (moment > 0) kernels.addProduct(gates, rows, 4 * units, panels, units, dh + at - step, address)
      }
      if (dx) {
        kernels.multiplyTransposedRight(
          z,
          rows * moments,
          4 * units,
          kernel.values,
          depth,
          zeros,
          dx,
          depth * 4,
          address,
        )
        byRow(dx, input.gradient, rows, depth)
      }
      if (!trained) return
      const learn = (weight: Weight, inputs: number, width: number, count: number, gates: number) => {
        const [base, baseStep] = rate === undefined ? [zeros, 0] : [weight.values, 16 * units]
        const [factor, to] = rate === undefined ? [1, weight.gradient] : [-rate, weight.values]
        kernels.multiplyTransposedLeft(
          inputs,
          width * 4,
          width,
          count,
          gates,
          4 * units,
          base,
          baseStep,
          factor,
          to,
          address,
        )
      }
      learn(kernel, x, depth, rows * moments, z)
      learn(recurrent, h, units, rows * last, z + 4 * step)
      if (!bias?.gradient) return
      const [base, factor] = rate === undefined ? [zeros, 1] : [bias.values, -rate]
      kernels.sumRows(
        z,
        rows * moments,
        4 * units,
        base,
        factor,
        rate === undefined ? bias.gradient : bias.values,
      )
    },
  }
}
