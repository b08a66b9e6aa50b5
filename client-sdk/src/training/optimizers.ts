/** The plan's optimizers over tfjs variables. Their state begins afresh with every round. */
import { unreachable } from '@tributary/protocols'
import type { Optimizer } from '@tributary/protocols/task'
import type { Tensor, Tf, Variable } from './backends/backend.ts'

export type Descent = {
  /** One step along the gradients, in the order of the variables. Call it within a `tidy`. */
  step(gradients: readonly Tensor[]): void
  dispose(): void
}

export const createDescent = (tf: Tf, optimizer: Optimizer, variables: readonly Variable[]): Descent => {
  switch (optimizer.name) {
    case 'sgd':
      return optimizer.momentum === 0
        ? gradientDescent(tf, optimizer.learningRate, variables)
        : momentumDescent(tf, optimizer, variables)
    case 'adam':
      return adam(tf, optimizer, variables)
    default:
      return unreachable(optimizer)
  }
}

/** w ← w − η·g */
const gradientDescent = (tf: Tf, learningRate: number, variables: readonly Variable[]): Descent => {
  const rate = tf.keep(tf.scalar(learningRate))
  return {
    step: (gradients) =>
      forEach(variables, gradients, (variable, gradient) =>
        variable.assign(tf.sub(variable, tf.mul(gradient, rate))),
      ),
    dispose: () => rate.dispose(),
  }
}

/** m ← μ·m + g, w ← w − η·m (Sutskever et al. 2013; as PyTorch and Keras have it). */
const momentumDescent = (
  tf: Tf,
  { learningRate, momentum }: { learningRate: number; momentum: number },
  variables: readonly Variable[],
): Descent => {
  const rate = tf.keep(tf.scalar(learningRate))
  const decay = tf.keep(tf.scalar(momentum))
  const velocities = zerosLike(tf, variables)
  return {
    step: (gradients) =>
      forEach(variables, gradients, (variable, gradient, i) => {
        const velocity = at(velocities, i)
        velocity.assign(tf.add(tf.mul(velocity, decay), gradient))
        variable.assign(tf.sub(variable, tf.mul(velocity, rate)))
      }),
    dispose: () => disposeAll([rate, decay, ...velocities]),
  }
}

/** Kingma and Ba 2015, algorithm 1. */
const adam = (
  tf: Tf,
  { learningRate, beta1, beta2, epsilon }: Extract<Optimizer, { name: 'adam' }>,
  variables: readonly Variable[],
): Descent => {
  const means = zerosLike(tf, variables)
  const squares = zerosLike(tf, variables)
  let steps = 0
  return {
    step(gradients) {
      steps++
      const rate = learningRate / (1 - beta1 ** steps)
      const correction = 1 / (1 - beta2 ** steps)
      forEach(variables, gradients, (variable, gradient, i) => {
        const mean = at(means, i)
        const square = at(squares, i)
        mean.assign(tf.add(tf.mul(mean, beta1), tf.mul(gradient, 1 - beta1)))
        square.assign(tf.add(tf.mul(square, beta2), tf.mul(tf.square(gradient), 1 - beta2)))
        const scale = tf.add(tf.sqrt(tf.mul(square, correction)), epsilon)
        variable.assign(tf.sub(variable, tf.mul(tf.div(mean, scale), rate)))
      })
    },
    dispose: () => disposeAll([...means, ...squares]),
  }
}

const zerosLike = (tf: Tf, variables: readonly Variable[]): Variable[] =>
  variables.map((variable) => {
    const zeros = tf.zerosLike(variable)
    const state = tf.variable(zeros, false)
    zeros.dispose()
    return state
  })

const forEach = (
  variables: readonly Variable[],
  gradients: readonly Tensor[],
  act: (variable: Variable, gradient: Tensor, i: number) => void,
): void => {
  for (const [i, variable] of variables.entries()) act(variable, at(gradients, i), i)
}

const at = <T>(list: readonly T[], i: number): T => {
  const item = list[i]
  if (item === undefined) throw new RangeError(`nothing at ${i} of ${list.length}`)
  return item
}

const disposeAll = (tensors: readonly Tensor[]): void => {
  for (const tensor of tensors) tensor.dispose()
}
