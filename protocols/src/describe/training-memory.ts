/** An estimate of what training takes. */
import type { Assignment } from '../task/index.ts'
import { unreachable } from '../unreachable.ts'

/** In bytes. What the app's examples and code take is not in it. */
export type TrainingMemory = {
  /** Trained and frozen, in the trainer. */
  weights: number
  gradients: number
  /** Momentum: one more of each trained weight; Adam: two. */
  optimizer: number
  /** The weights that a proximal term pulls to, and what a strategy adds to gradients. */
  beside: number
  /** What layers give for a batch, and gradients by it; null where no topology tells. */
  activations: number | null
  /** The weights received, their frozen part, and the result, which the client holds around the trainer. */
  around: number
  /** All of it; without activations where these are not told. */
  total: number
}

export const MEMORY_FORMULA =
  '4 bytes × (T + F weights + T gradients + s·T optimizer + p·T beside + 2·B·A activations + 2·T + F around); ' +
  'T trained and F frozen parameters, s 0 for SGD, 1 with momentum, 2 for Adam, p 1 each for a proximal term and a correction, B the batch size, A numbers that the layers give for an example'

export const memoryOf = (
  { plan, strategy }: Pick<Assignment, 'plan' | 'strategy'>,
  { trained, frozen, activations }: { trained: number; frozen: number; activations: number | null },
): TrainingMemory => {
  const corrects = strategy?.name === 'scaffold' || strategy?.name === 'feddyn'
  const parts = {
    weights: 4 * (trained + frozen),
    gradients: 4 * trained,
    optimizer: 4 * trained * statesOf(plan.optimizer),
    beside: 4 * trained * ((plan.proximal > 0 ? 1 : 0) + (corrects ? 1 : 0)),
    activations: activations === null ? null : 4 * 2 * plan.batchSize * activations,
    around: 4 * (2 * trained + frozen),
  }
  return { ...parts, total: Object.values(parts).reduce<number>((sum, bytes) => sum + (bytes ?? 0), 0) }
}

const statesOf = (optimizer: Assignment['plan']['optimizer']): number => {
  switch (optimizer.name) {
    case 'sgd':
      return optimizer.momentum > 0 ? 1 : 0
    case 'adam':
      return 2
    default:
      return unreachable(optimizer)
  }
}
