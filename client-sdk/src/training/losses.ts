/** What people are told of the plan's losses, computed from logits: a mean is over rows for softmax and over all outputs for the others. */
import { unreachable } from '@tributary/protocols'
import type { Loss } from '@tributary/protocols/task'

/** Sums over the rows or outputs of a batch. `judged` is 0 where right and wrong mean nothing. */
export type Judgement = { loss: number; of: number; right: number; judged: number }

export const NOTHING: Judgement = { loss: 0, of: 0, right: 0, judged: 0 }

export const plus = (a: Judgement, b: Judgement): Judgement => ({
  loss: a.loss + b.loss,
  of: a.of + b.of,
  right: a.right + b.right,
  judged: a.judged + b.judged,
})

/** Nothing of nothing; no accuracy where right and wrong mean nothing. */
export const meansOf = (sums: Judgement): { loss: number; accuracy?: number } | Record<string, never> => {
  if (sums.of === 0) return {}
  const loss = sums.loss / sums.of
  return sums.judged === 0 ? { loss } : { loss, accuracy: sums.right / sums.judged }
}

/** `logits` and `targets` row-major with rows of `width`; targets may be one class a row for softmax. */
export const judge = (
  loss: Loss,
  batch: { logits: ArrayLike<number>; targets: ArrayLike<number>; width: number },
): Judgement => {
  switch (loss) {
    case 'softmax-cross-entropy':
      return judgeRows(batch)
    case 'sigmoid-cross-entropy':
      return judgeOutputs(batch, (z, t) => ({
        // max(z, 0) − z·t + log(1 + e^−|z|), which overflows for no z.
        loss: Math.max(z, 0) - z * t + Math.log1p(Math.exp(-Math.abs(z))),
        right: z > 0 === t > 0.5,
      }))
    case 'mean-squared-error':
      return { ...judgeOutputs(batch, (z, t) => ({ loss: (z - t) ** 2, right: false })), judged: 0 }
    default:
      return unreachable(loss)
  }
}

/** −Σ t·log softmax(z), and whether the largest logit is the target's. */
const judgeRows = ({ logits, targets, width }: Parameters<typeof judge>[1]): Judgement => {
  const rows = logits.length / width
  const classes = targets.length === rows && width > 1
  let loss = 0
  let right = 0
  for (let row = 0; row < rows; row++) {
    const start = row * width
    const best = largest(logits, start, width)
    const top = logits[start + best] ?? 0
    let sum = 0
    for (let i = 0; i < width; i++) sum += Math.exp((logits[start + i] ?? 0) - top)
    const logSum = top + Math.log(sum)
    if (classes) loss += logSum - (logits[start + (targets[row] ?? 0)] ?? 0)
    else
      for (let i = 0; i < width; i++) loss += (targets[start + i] ?? 0) * (logSum - (logits[start + i] ?? 0))
    if (best === (classes ? targets[row] : largest(targets, start, width))) right++
  }
  return { loss, of: rows, right, judged: rows }
}

const judgeOutputs = (
  { logits, targets }: Parameters<typeof judge>[1],
  one: (logit: number, target: number) => { loss: number; right: boolean },
): Judgement => {
  let loss = 0
  let right = 0
  for (let i = 0; i < logits.length; i++) {
    const judged = one(logits[i] ?? 0, targets[i] ?? 0)
    loss += judged.loss
    if (judged.right) right++
  }
  return { loss, of: logits.length, right, judged: logits.length }
}

const largest = (values: ArrayLike<number>, start: number, width: number): number => {
  let best = 0
  for (let i = 1; i < width; i++)
    if ((values[start + i] ?? -Infinity) > (values[start + best] ?? -Infinity)) best = i
  return best
}
