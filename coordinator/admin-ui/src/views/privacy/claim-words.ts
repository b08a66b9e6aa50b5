import type { RoundView, TaskPrivacyView } from '@tributary/protocols/rest'
import { plural } from '../../format/number.ts'

export type Claim = NonNullable<TaskPrivacyView['spent']>

/** What the two populations that must look alike differ by. */
export const RELATIONS: Record<Claim['relation'], string> = {
  'zero-out': 'zero-out: one client’s contributions are zeros instead; who takes part is not hidden',
  'add-or-remove': 'add or remove: one client is there or not',
  replace: 'replace: one client’s contributions are any others instead',
}

export const ACCOUNTANTS: Record<Claim['accountant'], string> = {
  'exact-gaussian': 'exact, for Gaussian noise',
  renyi: 'Rényi differential privacy',
  'privacy-loss-distribution': 'privacy loss distributions',
}

/** How often one client may take part. */
export const participationOf = ({ participation }: Pick<Claim, 'participation'>): string => {
  if (participation === null) return 'in every round, drawn by chance'
  const { most, between } = participation
  const apart = between === 0 ? '' : `, with ${plural(between, 'round')} between two of them at least`
  return `in ${plural(most, 'round')} at most${apart}`
}

/** Which part of the budget is spent, 0 to 1; null without a budget or where no finite ε was found. */
export const spentFraction = ({ budget, spent }: TaskPrivacyView): number | null => {
  if (!budget || spent?.epsilon === null) return null
  return Math.min(1, (spent?.epsilon ?? 0) / budget.epsilon)
}

/** ε that a task had spent with each of its rounds, by their numbers; rounds that claim nothing are left out. */
export const spentByRound = (
  rounds: readonly Pick<RoundView, 'number' | 'privacy'>[],
): { numbers: readonly number[]; epsilons: readonly (number | null)[] } => {
  const claiming = rounds
    .filter(({ privacy }) => privacy !== undefined)
    .toSorted((a, b) => a.number - b.number)
  return {
    numbers: claiming.map(({ number }) => number),
    epsilons: claiming.map(({ privacy }) => privacy?.epsilon ?? null),
  }
}
