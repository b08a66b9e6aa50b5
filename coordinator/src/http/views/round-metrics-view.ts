import { type RoundMetricsView, timestampOf } from '@tributary/protocols/rest'
import type { RoundMeasures } from '../../insight/task-metrics.ts'

export const roundMetricsView = ({ round, ...measures }: RoundMeasures): RoundMetricsView => ({
  round: round.id,
  number: round.number,
  outcome: round.phase,
  version: round.phase === 'completed' ? round.version.version : null,
  openedAt: timestampOf(round.openedAt),
  endedAt: timestampOf(round.endedAt),
  received: round.tally.received,
  invited: round.tally.invited,
  means: round.phase === 'completed' ? round.metrics : {},
  ...measures,
})
