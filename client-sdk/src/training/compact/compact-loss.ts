/** The gradient of the plan's loss by the logits, and what people are told of it. */
import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'
import { type Judgement, judge, NOTHING, plus } from '../losses.ts'
import { type Place, sizeOf } from './layer.ts'
import type { Space } from './space.ts'
import type { TrainingKernels } from './training-module.ts'

export type CompactLoss = {
  /** From the logits and the targets at `targets` to the logits' gradient, and to the judgement. */
  step(rows: number, targets: { address: number; classes: boolean }): void
  /** Of all steps since the last reading. */
  read(): Judgement
}

export const createCompactLoss = (
  { kernels, space }: { kernels: TrainingKernels; space: Space },
  loss: Loss,
  output: Place,
): CompactLoss => {
  switch (loss) {
    case 'softmax-cross-entropy':
      return softmaxLoss(kernels, output, space.block(4))
    case 'sigmoid-cross-entropy':
    case 'mean-squared-error':
      return differenceLoss(kernels, loss, output)
    default:
      return unreachable(loss)
  }
}

const softmaxLoss = (kernels: TrainingKernels, output: Place, totals: number): CompactLoss => {
  const width = output.shape.at(-1) ?? 1
  const perExample = sizeOf(output.shape) / width
  let judged = 0
  return {
    step(examples, { address, classes }) {
      const rows = examples * perExample
      const kernel = classes ? kernels.softmaxLossOfClasses : kernels.softmaxLossOfRows
      kernel(output.values, address, rows, width, 1 / rows, output.gradient, totals)
      judged += rows
    },
    read() {
      const sums = new Float64Array(kernels.memory.buffer, totals, 2)
      const judgement = { loss: sums[0] ?? 0, of: judged, right: sums[1] ?? 0, judged }
      sums.fill(0)
      judged = 0
      return judgement
    },
  }
}

const differenceLoss = (
  kernels: TrainingKernels,
  loss: Exclude<Loss, 'softmax-cross-entropy'>,
  output: Place,
): CompactLoss => {
  const width = output.shape.at(-1) ?? 1
  const size = sizeOf(output.shape)
  let sums: Judgement = NOTHING
  return {
    step(examples, { address }) {
      const length = examples * size
      const logits = new Float32Array(kernels.memory.buffer, output.values, length)
      const targets = new Float32Array(kernels.memory.buffer, address, length)
      const latest = judge(loss, { logits, targets, width })
      sums = plus(sums, latest)
      const { gradient } = output
      kernels.copyRows(output.values, 0, 0, gradient, 0, 0, length * 4, 1, 1)
      if (loss === 'sigmoid-cross-entropy') kernels.sigmoid(gradient, length)
      const scale = (loss === 'mean-squared-error' ? 2 : 1) / length
      kernels.differenceGradient(gradient, address, length, scale, gradient)
    },
    read() {
      const judgement = sums
      sums = NOTHING
      return judgement
    },
  }
}
