/** Answers of batches, read back in groups: on a graphics processor every reading waits for all before it. */
import type { Loss } from '@tributary/protocols/task'
import type { Tensor } from './backends/backend.ts'
import { type Judgement, judge } from './losses.ts'

export type Ledger = {
  /** Takes the logits over. */
  add(batch: { logits: Tensor; targets: ArrayLike<number> }): void
  /** Batches added since the last reading. */
  unread(): number
  /** Reads what has been added, and gives the mean loss of that alone. */
  read(): Promise<number>
  /** Means over everything read since the beginning or the last `startOver`. */
  means(): { loss: number; accuracy?: number } | Record<string, never>
  /** A new epoch. */
  startOver(): void
  dispose(): void
}

/** `width`: the size of the output's last axis. */
export const createLedger = (loss: Loss, width: number): Ledger => {
  let entries: Parameters<Ledger['add']>[0][] = []
  let totals = NOTHING
  return {
    add: (batch) => void entries.push(batch),
    unread: () => entries.length,
    async read() {
      let latest = NOTHING
      while (entries.length > 0) {
        const values = await Promise.all(entries.map(({ logits }) => logits.data()))
        for (const [i, logits] of values.entries()) {
          const entry = entries[i]
          if (entry) latest = plus(latest, judge(loss, { logits, targets: entry.targets, width }))
        }
        for (const { logits } of entries.splice(0, values.length)) logits.dispose()
      }
      totals = plus(totals, latest)
      return latest.loss / latest.of
    },
    means() {
      if (totals.of === 0) return {}
      const mean = totals.loss / totals.of
      return totals.judged === 0 ? { loss: mean } : { loss: mean, accuracy: totals.right / totals.judged }
    },
    startOver() {
      totals = NOTHING
    },
    dispose() {
      for (const { logits } of entries) logits.dispose()
      entries = []
    },
  }
}

const NOTHING: Judgement = { loss: 0, of: 0, right: 0, judged: 0 }

const plus = (a: Judgement, b: Judgement): Judgement => ({
  loss: a.loss + b.loss,
  of: a.of + b.of,
  right: a.right + b.right,
  judged: a.judged + b.judged,
})
