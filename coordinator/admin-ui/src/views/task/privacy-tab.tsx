import type { TaskPrivacyView } from '@tributary/protocols/rest'
import { useRest } from '../../api/use-rest.ts'
import { formatCount, formatMeasure } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Panel } from '../../ui/panel.tsx'

/** What a task promises of its clients' privacy, and what it has spent of it. */
export const PrivacyTab = ({ task }: { task: string }) => {
  const privacy = useRest('/tasks/{task}/privacy', { path: { task } })
  return (
    <Panel title="Privacy">
      <Answered query={privacy}>{(answer) => <Facts facts={factsOf(answer)} />}</Answered>
    </Panel>
  )
}

const factsOf = ({ budget, spent, roundsLeft, secureAggregation }: TaskPrivacyView) =>
  [
    ['Updates', secureAggregation ? 'summed under secure aggregation' : 'opened by the coordinator'],
    [
      'Budget',
      budget
        ? `ε ${formatMeasure(budget.epsilon)} at δ ${formatMeasure(budget.delta)}`
        : 'no differential privacy',
    ],
    [
      'Spent',
      spent
        ? `ε ${spent.epsilon === null ? 'is not finite' : formatMeasure(spent.epsilon)} over ${formatCount(spent.rounds)} rounds (${spent.relation}, ${spent.accountant})`
        : 'nothing yet',
    ],
    ['Rounds left', roundsLeft === null ? 'not limited' : formatCount(roundsLeft)],
  ] as const
