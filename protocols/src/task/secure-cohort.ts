import { COMPILED_FLOORS } from '../secagg/floors.ts'
import { graphParameters } from '../secagg/graph-parameters.ts'
import { MAX_COHORT } from '../secagg/manifest.ts'
import { largestLevel } from '../secagg/vector-layout.ts'
import type { SecureAggregation } from './privacy.ts'
import type { CohortPolicy } from './task-file.ts'

type Mistake = { path: readonly string[]; message: string }

/** The most clients that a round invites. 10 × 1.1 is above 11 in binary: less than a millionth is nothing. */
export const largestCohort = ({
  target,
  overSelection,
}: Pick<CohortPolicy, 'target' | 'overSelection'>): number => Math.ceil(target * overSelection - 1e-6)

/** Why no secure round of this cohort could ever be held, or would be refused by every client. */
export const secureCohortMistakes = (cohort: CohortPolicy, privacy: SecureAggregation): Mistake[] => {
  const mistakes: Mistake[] = []
  const most = largestCohort(cohort)
  const floors = COMPILED_FLOORS[privacy.audience]
  if (most > MAX_COHORT)
    mistakes.push({
      path: ['cohort', 'target'],
      message: `a secure round has at most ${MAX_COHORT} clients, and this one would invite ${most}`,
    })
  if (cohort.quorum < floors.least)
    mistakes.push({
      path: ['cohort', 'quorum'],
      message: `clients of a ${privacy.audience} take part in no sum of fewer than ${floors.least}: raise quorum, or name another audience`,
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
    for (const clients of new Set([cohort.quorum, most]))
      if (!graphParameters({ ...privacy, clients }))
        mistakes.push({
          path: ['privacy', 'dropout'],
          message: `no graph of ${clients} clients stands ${privacy.corrupt} corrupt and ${privacy.dropout} dropped out: ask for less of either`,
        })
  return mistakes
}
