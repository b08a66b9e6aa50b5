import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'
import type { OutputActivation } from './topology.ts'

/** The activation that a loss of logits stands for; linear for a loss of the output itself. */
export const activationOf = (loss: Loss): OutputActivation => {
  switch (loss) {
    case 'softmax-cross-entropy':
      return 'softmax'
    case 'sigmoid-cross-entropy':
      return 'sigmoid'
    case 'mean-squared-error':
      return 'linear'
    default:
      return unreachable(loss)
  }
}
