import type { RoundDetail, TaskView } from '@tributary/protocols/rest'
import { Link, useParams } from 'wouter'
import { useRest } from '../../api/use-rest.ts'
import { isOpen } from '../../live/after-events.ts'
import { Answered } from '../../ui/answered.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { PhaseBadge } from '../../ui/round-badge.tsx'
import { AbandonRound } from './abandon-round.tsx'
import { Cohort } from './cohort.tsx'
import { Counts } from './counts.tsx'
import { RoundFacts } from './round-facts.tsx'
import { RoundMetrics } from './round-metrics.tsx'
import { RoundSteps } from './round-steps.tsx'
import { SecureGroups } from './secure-groups.tsx'
import { Updates } from './updates.tsx'
import './round.css'

/** One round as it happens: which phase, who does what, what is in. */
export const RoundView = () => {
  const { task = '', round = '' } = useParams<{ task: string; round: string }>()
  const detail = useRest('/tasks/{task}/rounds/{round}', { path: { task, round } })
  const owner = useRest('/tasks/{task}', { path: { task } })
  const number = detail.data?.number ?? round.replace(`${task}.`, '')
  return (
    <>
      <PageHeader
        title={`Round ${number}`}
        crumbs={[
          { name: 'Tasks', to: '/tasks' },
          { name: task, to: `/tasks/${task}` },
        ]}
        beside={detail.data && <PhaseBadge phase={detail.data.phase} />}
      >
        {detail.data && <Neighbours round={detail.data} task={owner.data} />}
        {detail.data && isOpen(detail.data) && <AbandonRound round={detail.data} />}
      </PageHeader>
      <Answered query={detail}>{(answer) => <Shown round={answer} task={owner.data} />}</Answered>
    </>
  )
}

const Neighbours = ({ round, task }: { round: RoundDetail; task: TaskView | undefined }) => (
  <>
    {round.number > 1 && (
      <Link className="button" href={`/tasks/${round.task}/rounds/${round.number - 1}`}>
        ← Round {round.number - 1}
      </Link>
    )}
    {task?.latestRound && task.latestRound.number > round.number && (
      <Link className="button" href={`/tasks/${round.task}/rounds/${round.number + 1}`}>
        Round {round.number + 1} →
      </Link>
    )}
  </>
)

const Shown = ({ round, task }: { round: RoundDetail; task: TaskView | undefined }) => (
  <div className="round">
    <RoundSteps round={round} confirmed={isConfirmed(task)} />
    <Counts round={round} cohort={task?.file.cohort} />
    {round.phase === 'training' && round.groups && <SecureGroups groups={round.groups} />}
    <Panel title="Cohort">
      <Cohort round={round} quorum={task?.file.cohort.quorum} />
    </Panel>
    <div className="round-pair">
      <Updates members={round.members} secure={task?.file.privacy.mode === 'secure-aggregation'} />
      <RoundMetrics round={round} />
    </div>
    <RoundFacts round={round} />
  </div>
)

const isConfirmed = (task: TaskView | undefined): boolean =>
  task?.file.privacy.mode === 'secure-aggregation' && task.file.privacy.unmasking === 'confirmed'
