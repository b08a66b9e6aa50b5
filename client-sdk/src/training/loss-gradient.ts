/**
 * The gradients of the plan's losses, by tfjs; what people are told of them is in `losses.ts`. Means are over rows for softmax and over all outputs
 * for the others.
 */
import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'
import type { Scalar, Tensor, Tf } from './backends/backend.ts'

/** A scalar of no value whose gradient is that of the mean loss. `targets` is of the shape of `logits`. */
export const lossGradient = (tf: Tf, loss: Loss, targets: Tensor, logits: Tensor): Scalar => {
  const gradient = tf.customGrad((values, save) => {
    if (!isTensor(values) || typeof save !== 'function') throw new TypeError('one tensor is derived')
    save([values])
    return {
      value: tf.scalar(0),
      gradFunc: (_: Tensor, [saved]: Tensor[]) => byLogits(tf, loss, targets, saved ?? values),
    }
  })
  return gradient(logits) as Scalar
}

/** ∂ mean loss / ∂ logits */
const byLogits = (tf: Tf, loss: Loss, targets: Tensor, logits: Tensor): Tensor => {
  switch (loss) {
    case 'softmax-cross-entropy': {
      const rows = logits.size / (logits.shape.at(-1) ?? 1)
      return tf.mul(tf.sub(tf.softmax(logits), targets), 1 / rows)
    }
    case 'sigmoid-cross-entropy':
      return tf.mul(tf.sub(tf.sigmoid(logits), targets), 1 / logits.size)
    case 'mean-squared-error':
      return tf.mul(tf.sub(logits, targets), 2 / logits.size)
    default:
      return unreachable(loss)
  }
}

const isTensor = (value: unknown): value is Tensor =>
  typeof value === 'object' && value !== null && 'dataId' in value
