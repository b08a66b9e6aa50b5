/** A world whose rounds are buffered. */
import { TaskFile } from '@tributary/protocols/task'
import type { Chance } from './chance.ts'
import type { WorldPlan } from './world-plan.ts'

export const bufferedPlan = (plan: WorldPlan, chance: Chance): WorldPlan => {
  const rounds = chance.whole(2, 6)
  const most = chance.pick([0, 1, 2, 20])
  const { quorum } = plan.file.cohort
  return {
    ...plan,
    rounds,
    file: TaskFile.parse({
      ...plan.file,
      mode: {
        kind: 'buffered',
        concurrency: chance.whole(quorum, plan.clients),
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
