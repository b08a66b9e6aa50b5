/** A world whose rounds are buffered. */
import { TaskFile } from '@tributary/protocols/task'
import type { Chance } from './chance.ts'
import type { WorldPlan } from './world-plan.ts'

export const bufferedPlan = (plan: WorldPlan, chance: Chance): WorldPlan => {
  const rounds = chance.whole(2, 6)
  const most = chance.pick([0, 1, 2, 20])
  // As many as are needed for a quorum of updates that are not stale to the last of them.
  const least = most === 0 ? plan.file.cohort.quorum : 1
  return {
    ...plan,
    rounds,
    file: TaskFile.parse({
      ...plan.file,
      mode: {
        kind: 'buffered',
        concurrency: chance.whole(least, Math.max(least, plan.clients)),
        staleness: chance.pick([
          { kind: 'constant', most },
          { kind: 'polynomial', most },
          { kind: 'hinge', until: 1, slope: 2, most },
        ]),
      },
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds },
    }),
  }
}
