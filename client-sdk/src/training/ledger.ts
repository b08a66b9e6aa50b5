/** Losses and answers of batches, read back in groups: on a graphics processor every reading waits for all before it. */
import type { Loss } from '@tributary/protocols/task'
import type { Tensor } from './backends/backend.ts'
import { countRight } from './losses.ts'

export type Ledger = {
  /** Takes the tensors over. */
  add(batch: { loss: Tensor; logits: Tensor; targets: ArrayLike<number>; examples: number }): void
  /** Batches added since the last reading. */
  unread(): number
  /** Reads what has been added, and gives the mean loss of that alone. */
  read(): Promise<number | undefined>
  /** Means over everything read since the beginning or the last `startOver`. */
  means(): { loss: number; accuracy?: number } | undefined
  /** A new epoch. */
  startOver(): void
  dispose(): void
}

type Entry = Parameters<Ledger['add']>[0]

export const createLedger = (loss: Loss, width: number): Ledger => {
  let entries: Entry[] = []
  let totals = none()
  return {
    add: (batch) => void entries.push(batch),
    unread: () => entries.length,
    async read() {
      const reading = entries
      entries = []
      const latest = none()
      try {
        for (const { loss: mean, logits, targets, examples } of reading) {
          const [[value = Number.NaN], values] = await Promise.all([mean.data(), logits.data()])
          latest.loss += value * examples
          latest.examples += examples
          const counted = countRight(loss, { logits: values, targets, width })
          latest.right += counted?.right ?? 0
          latest.judged += counted?.of ?? 0
        }
      } finally {
        disposeAll(reading)
      }
      totals = {
        loss: totals.loss + latest.loss,
        examples: totals.examples + latest.examples,
        right: totals.right + latest.right,
        judged: totals.judged + latest.judged,
      }
      return latest.examples === 0 ? undefined : latest.loss / latest.examples
    },
    means() {
      if (totals.examples === 0) return undefined
      const mean = totals.loss / totals.examples
      return totals.judged === 0 ? { loss: mean } : { loss: mean, accuracy: totals.right / totals.judged }
    },
    startOver() {
      totals = none()
    },
    dispose() {
      disposeAll(entries)
      entries = []
    },
  }
}

const none = () => ({ loss: 0, examples: 0, right: 0, judged: 0 })

const disposeAll = (entries: readonly Entry[]): void => {
  for (const { loss, logits } of entries) {
    loss.dispose()
    logits.dispose()
  }
}
