import type { TaskPrivacyView } from '@tributary/protocols/rest'
import { useMemo } from 'react'
import { useRest, useRestPages } from '../../api/use-rest.ts'
import { formatCount, formatMeasure, formatPercent, plural } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Chart } from '../../ui/chart.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Facts, Figure, Figures } from '../../ui/figures.tsx'
import { Panel } from '../../ui/panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import {
  ACCOUNTANTS,
  type Claim,
  participationOf,
  RELATIONS,
  spentByRound,
  spentFraction,
} from './claim-words.ts'
import './privacy.css'

/** What a task promises its clients, and what of its budget is spent. */
export const PrivacyPanel = ({ task }: { task: string }) => {
  const privacy = useRest('/tasks/{task}/privacy', { path: { task } })
  return (
    <Answered query={privacy}>
      {(view) => (
        <div className="stacked">
          <Panel title="Aggregation">
            <p>
              {view.secureAggregation
                ? 'Secure aggregation: the coordinator learns the sum of a round’s updates, and no single one.'
                : 'Sealed updates: the coordinator opens each update of a round, sums them, and then destroys the key.'}
            </p>
          </Panel>
          {view.budget ? <Spent task={task} view={view} /> : <NoBudget />}
        </div>
      )}
    </Answered>
  )
}

const NoBudget = () => (
  <Panel title="Differential privacy">
    <EmptyState title="This task has no differential privacy">
      Its versions may tell of single clients. A task’s privacy is set when it is made, under{' '}
      <code>privacy.differentialPrivacy</code> of its file; what to choose is in{' '}
      <code>docs/guides/privacy.md</code>, and <code>tributary privacy plan</code> says what it would cost.
    </EmptyState>
  </Panel>
)

const Spent = ({ task, view }: { task: string; view: TaskPrivacyView }) => {
  const { budget, spent, roundsLeft } = view
  if (!budget) return null
  return (
    <>
      <Panel title="Privacy budget" beside={<Verdict roundsLeft={roundsLeft} />}>
        <Figures>
          <Figure name="Spent" note={`ε of ${formatMeasure(budget.epsilon)}`}>
            {spent === null ? '0' : spent.epsilon === null ? '∞' : formatMeasure(spent.epsilon)}
          </Figure>
          <Figure name="At δ" note="the chance that ε fails">
            {formatMeasure(budget.delta)}
          </Figure>
          <Figure name="Rounds charged">{formatCount(spent?.rounds ?? 0)}</Figure>
          <Figure
            name="Rounds left"
            note={roundsLeft === null ? 'a client’s own rounds are bounded' : 'like the next one'}
          >
            {roundsLeft === null ? '∞' : formatCount(roundsLeft)}
          </Figure>
        </Figures>
        <BudgetBar view={view} />
        <p className="help">
          ε bounds how much the task’s versions can tell of any one client: they would have come out with
          nearly the same chances, up to a factor of <i>e</i>
          <sup>ε</sup>, had all that it ever sent been otherwise; δ is the chance that this bound does not
          hold. ε of 1 is strong, 10 is often called the most that means anything, and a round is charged
          before it begins and stays charged whatever becomes of it (<code>docs/guides/privacy.md</code>).
        </p>
      </Panel>
      {spent && <ClaimFacts claim={spent} />}
      <History task={task} budget={budget.epsilon} />
    </>
  )
}

const Verdict = ({ roundsLeft }: { roundsLeft: number | null }) => {
  if (roundsLeft === null) return null
  if (roundsLeft === 0) return <StatusBadge tone="bad">spent: no round can begin</StatusBadge>
  return (
    <StatusBadge tone={roundsLeft < 10 ? 'warning' : 'good'}>{plural(roundsLeft, 'round')} left</StatusBadge>
  )
}

const BudgetBar = ({ view }: { view: TaskPrivacyView }) => {
  const fraction = spentFraction(view)
  if (fraction === null) return null
  const tone = view.roundsLeft === 0 ? 'bad' : fraction > 0.8 ? 'warning' : 'good'
  return (
    <div className="budget">
      <div className="budget-bar" aria-hidden="true">
        <span className={`budget-spent budget-${tone}`} style={{ width: `${fraction * 100}%` }} />
      </div>
      <span>{formatPercent(fraction)} spent</span>
    </div>
  )
}

const ClaimFacts = ({ claim }: { claim: Claim }) => (
  <Panel title="What is promised">
    <Facts
      facts={[
        ['To whom', 'each client: all that it ever contributed, not one example of it'],
        ['What must look alike', RELATIONS[claim.relation]],
        ['A client takes part', participationOf(claim)],
        ['Found by', ACCOUNTANTS[claim.accountant]],
      ]}
    />
  </Panel>
)

const History = ({ task, budget }: { task: string; budget: number }) => {
  const rounds = useRestPages('/tasks/{task}/rounds', { path: { task } })
  const items = rounds.data?.items
  const { numbers, epsilons } = useMemo(() => spentByRound(items ?? []), [items])
  const series = useMemo(
    () => [
      { label: 'ε spent', kind: 'line' as const, values: epsilons },
      { label: 'budget', kind: 'line' as const, colour: 5, values: numbers.map(() => budget) },
    ],
    [numbers, epsilons, budget],
  )
  return (
    <Panel title="By round">
      <Answered query={rounds}>
        {() =>
          numbers.length < 2 ? (
            <EmptyState title="Drawn from the second round on">
              Each round says what was spent with it.
            </EmptyState>
          ) : (
            <>
              <Chart title="ε spent with each round" across="round" x={numbers} series={series} />
              {rounds.hasNextPage && (
                <button type="button" className="link" onClick={rounds.readOn}>
                  Read earlier rounds
                </button>
              )}
            </>
          )
        }
      </Answered>
    </Panel>
  )
}
