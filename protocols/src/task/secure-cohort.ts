import { COMPILED_FLOORS } from '../secagg/floors.ts'
import { graphParameters } from '../secagg/graph-parameters.ts'
import { largestLevel } from '../secagg/vector-layout.ts'
import type { SecureAggregation } from './privacy.ts'
import type { CohortPolicy } from './task-file.ts'

type Mistake = { path: readonly string[]; message: string }

/** The most clients that a round invites. 10 × 1.1 is above 11 in binary: less than a millionth is nothing. */
export const largestCohort = ({
  target,
  overSelection,
}: Pick<CohortPolicy, 'target' | 'overSelection'>): number => Math.ceil(target * overSelection - 1e-6)

export type SecureGroups = {
  /** Sums of the largest round. */
  groups: number
  /** Clients of one group: fewest in a sum, and most. */
  least: number
  most: number
}

/** How a secure round's clients are divided: each of `most` or fewer, of whom `least` are the group's quorum. */
export const secureGroupsOf = (
  cohort: Pick<CohortPolicy, 'target' | 'quorum' | 'overSelection'>,
  { groupSize }: Pick<SecureAggregation, 'groupSize'>,
): SecureGroups => {
  const clients = Math.max(cohort.quorum, largestCohort(cohort))
  const groups = Math.ceil(clients / groupSize)
  return { groups, least: Math.floor(cohort.quorum / groups), most: Math.ceil(clients / groups) }
}

/** Why no secure round of this cohort could ever be held, or would be refused by every client. */
export const secureCohortMistakes = (cohort: CohortPolicy, privacy: SecureAggregation): Mistake[] => {
  const mistakes: Mistake[] = []
  const { groups, least, most } = secureGroupsOf(cohort, privacy)
  const floors = COMPILED_FLOORS[privacy.audience]
  if (least < floors.least)
    mistakes.push({
      path: ['cohort', 'quorum'],
      message: `clients of a ${privacy.audience} take part in no sum of fewer than ${floors.least}${
        groups > 1 ? `, and ${cohort.quorum} in ${groups} groups may be ${least}` : ''
      }: raise quorum, or name another audience`,
    })
  if (privacy.corrupt < floors.corrupt)
    mistakes.push({
      path: ['privacy', 'corrupt'],
      message: `clients of a ${privacy.audience} insist on ${floors.corrupt} at least`,
    })
  if (floors.adversary === 'lying' && privacy.adversary !== 'lying')
    mistakes.push({
      path: ['privacy', 'adversary'],
      message: `clients of a ${privacy.audience} insist on thresholds against a lying coordinator`,
    })
  if (largestLevel(privacy.bits, most) < 1)
    mistakes.push({
      path: ['privacy', 'bits'],
      message: `${privacy.bits} bits do not hold a sum over ${most} clients`,
    })
  if (mistakes.length === 0)
    for (const clients of new Set([least, most]))
      if (!graphParameters({ ...privacy, clients }))
        mistakes.push({
          path: ['privacy', 'dropout'],
          message: `no graph of ${clients} clients stands ${privacy.corrupt} corrupt and ${privacy.dropout} dropped out: ask for less of either`,
        })
  return mistakes
}
