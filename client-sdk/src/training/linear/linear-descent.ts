/** The plan's optimizers over one flat vector, with what they remember within a round. */
import { unreachable } from '@tributary/protocols'
import type { Optimizer, Plan } from '@tributary/protocols/task'
import type { Penalty } from '../compact/layer-specs.ts'
import type { LinearSpec } from './linear-spec.ts'

/** Moves the weights one step along a gradient, to which it adds penalties, the proximal term and the correction. */
export type LinearDescent = (gradient: Float64Array) => void

export const createLinearDescent = (
  { inputs, outputs, kernelPenalty, biasPenalty }: LinearSpec,
  weights: Float64Array,
  { optimizer, proximal }: Plan,
  correction: Float32Array | undefined,
): LinearDescent => {
  const anchor = proximal > 0 ? weights.slice() : undefined
  const kernel = inputs * outputs
  const move = mover(weights, optimizer)
  return (gradient) => {
    penalize(gradient, weights, kernelPenalty, 0, kernel)
    penalize(gradient, weights, biasPenalty, kernel, weights.length)
    for (let i = 0; i < weights.length; i++) {
      // FedProx (Li et al. 2020): ∇ ½μ‖w − w₀‖² = μ(w − w₀).
      const pull = anchor ? proximal * ((weights[i] ?? 0) - (anchor[i] ?? 0)) : 0
      gradient[i] = (gradient[i] ?? 0) + pull + (correction?.[i] ?? 0)
    }
    move(gradient)
  }
}

/** ∂ (l1 · Σ|w| + l2 · Σw²) / ∂w */
const penalize = (
  gradient: Float64Array,
  weights: Float64Array,
  { l1, l2 }: Penalty,
  from: number,
  to: number,
): void => {
  if (l1 === 0 && l2 === 0) return
  for (let i = from; i < to; i++) {
    const weight = weights[i] ?? 0
    gradient[i] = (gradient[i] ?? 0) + l1 * Math.sign(weight) + 2 * l2 * weight
  }
}

const mover = (weights: Float64Array, optimizer: Optimizer): ((gradient: Float64Array) => void) => {
  const { learningRate } = optimizer
  switch (optimizer.name) {
    case 'sgd': {
      // m ← μ·m + g, w ← w − η·m (Sutskever et al. 2013); without momentum m is g.
      const { momentum } = optimizer
      const velocity = new Float64Array(weights.length)
      return (gradient) => {
        for (let i = 0; i < weights.length; i++) {
          const speed = momentum * (velocity[i] ?? 0) + (gradient[i] ?? 0)
          velocity[i] = speed
          weights[i] = (weights[i] ?? 0) - learningRate * speed
        }
      }
    }
    case 'adam': {
      // Kingma and Ba 2015, algorithm 1.
      const { beta1, beta2, epsilon } = optimizer
      const [means, squares] = [new Float64Array(weights.length), new Float64Array(weights.length)]
      let steps = 0
      return (gradient) => {
        steps++
        const rate = learningRate / (1 - beta1 ** steps)
        const unbiased = 1 / (1 - beta2 ** steps)
        for (let i = 0; i < weights.length; i++) {
          const slope = gradient[i] ?? 0
          const mean = beta1 * (means[i] ?? 0) + (1 - beta1) * slope
          const square = beta2 * (squares[i] ?? 0) + (1 - beta2) * slope * slope
          means[i] = mean
          squares[i] = square
          weights[i] = (weights[i] ?? 0) - (rate * mean) / (Math.sqrt(square * unbiased) + epsilon)
        }
      }
    }
    default:
      return unreachable(optimizer)
  }
}
