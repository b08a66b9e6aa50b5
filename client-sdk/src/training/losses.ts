/** Mean loss of a batch, computed from logits. */
import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'
import type { Scalar, Tensor, Tf } from './backends/backend.ts'

/** `targets`: of the shape of `logits`. */
export const meanLoss = (tf: Tf, loss: Loss, targets: Tensor, logits: Tensor): Scalar => {
  switch (loss) {
    case 'softmax-cross-entropy':
      // −Σ t·log softmax(z) over the last axis.
      return tf.neg(tf.mean(tf.sum(tf.mul(targets, tf.logSoftmax(logits)), -1))) as Scalar
    case 'sigmoid-cross-entropy':
      // max(z, 0) − z·t + log(1 + e^−|z|), which overflows for no z.
      return tf.mean(
        tf.add(tf.sub(tf.relu(logits), tf.mul(logits, targets)), tf.log1p(tf.exp(tf.neg(tf.abs(logits))))),
      ) as Scalar
    case 'mean-squared-error':
      return tf.mean(tf.squaredDifference(logits, targets)) as Scalar
    default:
      return unreachable(loss)
  }
}

/**
 * How many of a batch's predictions are right, of how many: rows whose largest logit is the target's for softmax,
 * single outputs on the right side of one half for sigmoid, `undefined` where right and wrong mean nothing.
 */
export const countRight = (
  loss: Loss,
  { logits, targets, width }: { logits: ArrayLike<number>; targets: ArrayLike<number>; width: number },
): { right: number; of: number } | undefined => {
  switch (loss) {
    case 'softmax-cross-entropy': {
      const rows = logits.length / width
      const classes = targets.length === rows && width > 1
      let right = 0
      for (let row = 0; row < rows; row++) {
        const target = classes ? targets[row] : largest(targets, row * width, width)
        if (largest(logits, row * width, width) === target) right++
      }
      return { right, of: rows }
    }
    case 'sigmoid-cross-entropy': {
      let right = 0
      for (let i = 0; i < logits.length; i++) if ((logits[i] ?? 0) > 0 === (targets[i] ?? 0) > 0.5) right++
      return { right, of: logits.length }
    }
    case 'mean-squared-error':
      return undefined
    default:
      return unreachable(loss)
  }
}

const largest = (values: ArrayLike<number>, start: number, width: number): number => {
  let best = 0
  for (let i = 1; i < width; i++)
    if ((values[start + i] ?? -Infinity) > (values[start + best] ?? -Infinity)) best = i
  return best
}
