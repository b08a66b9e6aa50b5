/** A world whose updates are masked. */
import { graphParameters, MAX_COHORT } from '@tributary/protocols/secagg'
import { secureGroupsOf, TaskFile } from '@tributary/protocols/task'
import type { Chance } from './chance.ts'
import type { WorldPlan } from './world-plan.ts'

/** What a training in a world gives is within these; see `drawnTrainer`. */
const RANGE = 1_024
const MAX_EXAMPLES = 1_000
const MOST_LOSS = 7

export const securePlan = (plan: WorldPlan, chance: Chance): WorldPlan => {
  const target = chance.whole(2, 8)
  const quorum = chance.whole(2, Math.min(target, 5))
  const overSelection = chance.pick([1, 1.3])
  const wanted = Math.ceil(target * overSelection - 1e-6)
  const cohort = { ...plan.file.cohort, target, quorum, overSelection }
  // One sum; or groups of a few, where the quorum is enough for two in each.
  const few = chance.happens(0.3) ? chance.whole(2, 4) : MAX_COHORT
  const groupSize = secureGroupsOf(cohort, { groupSize: few }).least < 2 ? MAX_COHORT : few
  const { least, most } = secureGroupsOf(cohort, { groupSize })
  const dropout = chance.pick([0, 0.3, 0.5])
  const adversary = chance.pick(['curious', 'lying'] as const)
  const held = [least, most].every((clients) => graphParameters({ clients, corrupt: 0, dropout, adversary }))
  return {
    ...plan,
    // Some more than are invited, some fewer: but as many as it takes.
    clients: chance.whole(quorum, wanted + 2),
    file: TaskFile.parse({
      ...plan.file,
      cohort,
      privacy: {
        mode: 'secure-aggregation',
        audience: 'demo',
        corrupt: 0,
        ...(held ? { dropout, adversary } : { dropout: 0, adversary: 'curious' }),
        groupSize,
        unmasking: chance.pick(['direct', 'confirmed']),
        range: RANGE,
        maxExamples: MAX_EXAMPLES,
        metrics: { loss: MOST_LOSS },
        stepSeconds: chance.whole(15, 60),
      },
    }),
  }
}
