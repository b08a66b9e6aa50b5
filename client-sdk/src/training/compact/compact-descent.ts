/** The plan's optimizers over one stretch of memory, with what they remember within a round. */
import { unreachable } from '@tributary/protocols'
import type { Optimizer, Plan } from '@tributary/protocols/task'
import type { Assembly } from './assemble.ts'
import type { TrainingKernels } from './training-module.ts'

export type CompactDescent = {
  /** Given where layers may move their weights at once, since nothing else has a say: plain gradient descent. */
  directRate: number | undefined
  /** One step along the gradients that the layers kept. */
  step(): void
}

/**
 * `memory` gives a block as long as the trained weights, cleared, the same for the same name. `correction` is such a block too, of
 * what is added to every gradient; 0 where nothing is.
 */
export const createCompactDescent = (
  kernels: TrainingKernels,
  { trained, weights }: Pick<Assembly, 'trained' | 'weights'>,
  plan: Plan,
  memory: (name: string) => number,
  correction = 0,
): CompactDescent => {
  const { values, gradients, length } = trained
  const penalized = weights.filter(({ gradient, penalty }) => gradient && (penalty.l1 || penalty.l2))
  const { optimizer, proximal } = plan
  const isPlain = proximal === 0 && penalized.length === 0 && correction === 0
  if (optimizer.name === 'sgd' && optimizer.momentum === 0 && isPlain)
    return { directRate: optimizer.learningRate, step: () => {} }

  const anchor = proximal > 0 ? memory('anchor') : 0
  if (anchor) kernels.copyRows(values, 0, 0, anchor, 0, 0, length * 4, 1, 1)
  const zeros = correction ? memory('zeros') : 0
  const move = mover(kernels, trained, optimizer, memory)
  return {
    directRate: undefined,
    step() {
      for (const { gradient, values: own, length: count, penalty } of penalized)
        kernels.regularize(gradient, own, count, penalty.l1, penalty.l2)
      // FedProx (Li et al. 2020): ∇ ½μ‖w − w₀‖² = μ(w − w₀).
      if (anchor) kernels.pullTowards(gradients, values, anchor, length, proximal)
      // g + 1 · (correction − 0): the sum itself, with the kernel that there is.
      if (correction) kernels.pullTowards(gradients, correction, zeros, length, 1)
      move()
    },
  }
}

const mover = (
  kernels: TrainingKernels,
  { values, gradients, length }: Assembly['trained'],
  optimizer: Optimizer,
  memory: (name: string) => number,
): (() => void) => {
  switch (optimizer.name) {
    case 'sgd': {
      const { learningRate, momentum } = optimizer
      if (momentum === 0) return () => kernels.descend(values, gradients, length, learningRate)
      const velocity = memory('velocity')
      return () => kernels.descendWithMomentum(values, gradients, velocity, length, momentum, learningRate)
    }
    case 'adam': {
      const { learningRate, beta1, beta2, epsilon } = optimizer
      const [mean, square] = [memory('mean'), memory('square')]
      let steps = 0
      return () => {
        steps++
        const rate = learningRate / (1 - beta1 ** steps)
        const correction = 1 / (1 - beta2 ** steps)
        kernels.adam(
          values,
          gradients,
          mean,
          square,
          length,
          beta1,
          1 - beta1,
          beta2,
          1 - beta2,
          epsilon,
          rate,
          correction,
        )
      }
    }
    default:
      return unreachable(optimizer)
  }
}
