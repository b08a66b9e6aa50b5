import {
  charge,
  openLedger,
  type PrivacyClaim,
  type PrivacyLedger,
  ruleOfSpec,
} from '@tributary/protocols/privacy'
import { noiseOfRound, promisedPrivacyOf } from '@tributary/protocols/secure-round'
import type { TaskFile } from '@tributary/protocols/task'
import { type Refusal, refuse } from '../refusal.ts'

/**
 * Charges a task's ledger with the round of this number, before it begins: nothing where the task promises nothing. What was charged stays charged,
 * whatever becomes of the round.
 */
export const chargeRound = (
  file: TaskFile,
  before: PrivacyLedger | undefined,
  number: number,
): { ledger: PrivacyLedger; spent: PrivacyClaim } | Refusal | undefined => {
  const spec = promisedPrivacyOf(file)
  if (!spec) return undefined
  const ledger = before ?? openLedger(spec.budget, ruleOfSpec(spec))
  const charged = charge(ledger, { round: number, noise: noiseOfRound(file, spec) })
  if (charged.kind === 'charged') return { ledger: charged.ledger, spent: charged.spent }
  const { epsilon, delta } = ledger.budget
  const spent = charged.spent.epsilon ?? Number.POSITIVE_INFINITY
  return refuse(
    'privacy-budget',
    charged.reason === 'budget-exhausted'
      ? `round ${number} of task ${file.id} would pass its budget of ε = ${epsilon} at δ = ${delta}, of which ${short(spent)} is spent: make a new task, with a budget of its own, or finish this one`
      : `round ${number} of task ${file.id} cannot be charged (${charged.reason}): its noise is not the one that the ledger was opened for`,
    { about: { epsilon, delta, spent } },
  )
}

const short = (value: number): string => String(Number(value.toPrecision(4)))
