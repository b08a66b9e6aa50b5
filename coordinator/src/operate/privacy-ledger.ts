import {
  openLedger,
  type PrivacyBudget,
  type PrivacyClaim,
  type PrivacyLedger,
  roundsLeft,
  ruleOfSpec,
  spentOf,
} from '@tributary/protocols/privacy'
import { noiseOfRound, promisedPrivacyOf } from '@tributary/protocols/secure-round'
import type { TaskFile } from '@tributary/protocols/task'

export type LedgerReport = {
  mechanism: string
  budget: PrivacyBudget
  /** What the charged rounds add up to; null before the first. */
  spent: PrivacyClaim | null
  charged: PrivacyLedger['charged']
  /** Rounds that the budget still allows at the task's own noise. */
  roundsLeft: number | 'unlimited'
}

/** What a task has spent of its privacy, and for which rounds; `undefined` for one that promises none. */
export const reportOfLedger = (
  file: TaskFile,
  saved: PrivacyLedger | undefined,
): LedgerReport | undefined => {
  const spec = promisedPrivacyOf(file)
  if (!spec) return undefined
  const ledger = saved ?? openLedger(spec.budget, ruleOfSpec(spec))
  return {
    mechanism: spec.mechanism,
    budget: ledger.budget,
    spent: ledger.charged.length > 0 ? spentOf(ledger) : null,
    charged: ledger.charged,
    roundsLeft: roundsLeft(ledger, noiseOfRound(file, spec)),
  }
}
