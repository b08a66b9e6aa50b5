/** Answers of batches, read back in groups: on a graphics processor every reading waits for all before it. */
import type { Loss } from '@tributary/protocols/task'
import type { Tensor } from './backends/backend.ts'
import { judge, meansOf, NOTHING, plus } from './losses.ts'

export type Ledger = {
  /** Takes the logits over. */
  add(batch: { logits: Tensor; targets: ArrayLike<number> }): void
  /** Batches added since the last reading. */
  unread(): number
  /** Reads what has been added, and gives the mean loss of that alone. */
  read(): Promise<number>
  /** Means over everything read since the beginning or the last `startOver`. */
  means(): ReturnType<typeof meansOf>
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
    means: () => meansOf(totals),
    startOver() {
      totals = NOTHING
    },
    dispose() {
      for (const { logits } of entries) logits.dispose()
      entries = []
    },
  }
}
