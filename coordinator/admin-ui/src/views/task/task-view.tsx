import type { TaskView as Task } from '@tributary/protocols/rest'
import { lazy, type ReactNode, Suspense } from 'react'
import { Link, useParams } from 'wouter'
import { useRest } from '../../api/use-rest.ts'
import { formatCount } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { Figure, Figures } from '../../ui/figures.tsx'
import { Id } from '../../ui/id.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { TaskBadge } from '../../ui/round-badge.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { FromNow } from '../../ui/time.tsx'
import { ModelsTab } from '../models/models-tab.tsx'
import { RoundsTab } from '../rounds/rounds-tab.tsx'
import { FileTab } from './file-tab.tsx'
import { scheduleInWords, whyNoNextRound } from './schedule-words.ts'
import { TaskActs } from './task-acts.tsx'
import './task.css'

// Charts are loaded with the first tab that has one.
const MetricsTab = lazy(() => import('../metrics/metrics-tab.tsx').then((m) => ({ default: m.MetricsTab })))
const PrivacyPanel = lazy(() =>
  import('../privacy/privacy-panel.tsx').then((m) => ({ default: m.PrivacyPanel })),
)

/** One task: how it stands, and its rounds, metrics, versions, privacy and file. */
export const TaskView = () => {
  const { task: id = '' } = useParams<{ task: string }>()
  const task = useRest('/tasks/{task}', { path: { task: id } })
  return (
    <>
      <PageHeader
        title={task.data?.title ?? id}
        crumbs={[{ name: 'Tasks', to: '/tasks' }]}
        beside={
          task.data && (
            <>
              <TaskBadge status={task.data.status} />
              {task.data.title !== null && <Id of={id} />}
            </>
          )
        }
      >
        {task.data && <TaskActs task={task.data} />}
      </PageHeader>
      <Answered query={task}>
        {(answer) => (
          <>
            <Summary task={answer} />
            <Tabs
              label="Parts of the task"
              tabs={[
                { name: 'rounds', title: 'Rounds', content: () => <RoundsTab task={answer} /> },
                { name: 'metrics', title: 'Metrics', content: () => later(<MetricsTab task={answer.id} />) },
                { name: 'models', title: 'Models', content: () => <ModelsTab task={answer} /> },
                {
                  name: 'privacy',
                  title: 'Privacy',
                  content: () => later(<PrivacyPanel task={answer.id} />),
                },
                { name: 'file', title: 'File', content: () => <FileTab file={answer.file} /> },
              ]}
            />
          </>
        )}
      </Answered>
    </>
  )
}

const later = (tab: ReactNode): ReactNode => (
  <Suspense fallback={<p className="waiting">Loading…</p>}>{tab}</Suspense>
)

const Summary = ({ task }: { task: Task }) => {
  const { cohort, stop, strategy } = task.file
  const round = task.openRound ?? task.latestRound
  return (
    <div className="panel task-summary">
      <Figures>
        <Figure name={task.openRound ? 'Round that goes on' : 'Last round'} note={round?.phase ?? 'none yet'}>
          {round ? <Link href={`/tasks/${task.id}/rounds/${round.number}`}>{round.number}</Link> : '–'}
        </Figure>
        <Figure
          name="Completed"
          note={stop.kind === 'completed-rounds' ? `of ${formatCount(stop.rounds)} rounds` : 'rounds'}
        >
          {formatCount(task.completedRounds)}
        </Figure>
        <Figure name="Version in use" note={strategy.name}>
          {task.latestModel ? (
            <Link href={`/tasks/${task.id}/models/${task.latestModel.version}`}>
              {task.latestModel.version}
            </Link>
          ) : (
            '–'
          )}
        </Figure>
        <Figure name="Cohort" note={`quorum ${formatCount(cohort.quorum)}`}>
          {formatCount(cohort.target)}
        </Figure>
      </Figures>
      <dl className="task-when">
        <dt>Schedule</dt>
        <dd>{scheduleInWords(task.file.schedule)}</dd>
        <dt>Next round</dt>
        <dd>{task.nextRoundAt ? <FromNow at={task.nextRoundAt} /> : whyNoNextRound(task)}</dd>
      </dl>
    </div>
  )
}
