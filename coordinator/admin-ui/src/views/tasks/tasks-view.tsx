import type { TaskSummary } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { useRestPages } from '../../api/use-rest.ts'
import { formatCount } from '../../format/number.ts'
import { useWhyNot } from '../../session/use-session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PhaseBadge, TaskBadge } from '../../ui/round-badge.tsx'
import { FromNow } from '../../ui/time.tsx'
import { scheduleInWords, whyNoNextRound } from '../task/schedule-words.ts'

const COLUMNS: readonly Column<TaskSummary>[] = [
  {
    name: 'task',
    title: 'Task',
    cell: ({ id, title }) => (
      <>
        <Link href={`/tasks/${id}`}>{id}</Link>
        {title !== null && <span className="help cell-note">{title}</span>}
      </>
    ),
    order: ({ id }) => id,
  },
  {
    name: 'status',
    title: 'Status',
    width: 110,
    cell: ({ status }) => <TaskBadge status={status} />,
    order: ({ status }) => status,
  },
  {
    name: 'round',
    title: 'Last round',
    width: 150,
    cell: ({ id, latestRound }) =>
      latestRound && (
        <>
          <Link href={`/tasks/${id}/rounds/${latestRound.number}`}>{latestRound.number}</Link>{' '}
          <PhaseBadge phase={latestRound.phase} />
        </>
      ),
    order: ({ latestRound }) => latestRound?.number ?? null,
  },
  {
    name: 'rounds',
    title: 'Completed',
    width: 110,
    numeric: true,
    cell: ({ completedRounds }) => formatCount(completedRounds),
    order: ({ completedRounds }) => completedRounds,
  },
  {
    name: 'version',
    title: 'Version',
    width: 100,
    numeric: true,
    cell: ({ id, latestModel }) =>
      latestModel && <Link href={`/tasks/${id}/models/${latestModel.version}`}>{latestModel.version}</Link>,
    order: ({ latestModel }) => latestModel?.version ?? null,
  },
  {
    name: 'schedule',
    title: 'Schedule',
    cell: ({ schedule }) => scheduleInWords(schedule),
    order: ({ schedule }) => scheduleInWords(schedule),
  },
  {
    name: 'next',
    title: 'Next round',
    cell: (task) =>
      task.nextRoundAt ? (
        <FromNow at={task.nextRoundAt} />
      ) : (
        <span className="help">{whyNoNextRound(task)}</span>
      ),
    order: ({ nextRoundAt }) => nextRoundAt,
  },
]

export const TasksView = () => {
  const tasks = useRestPages('/tasks')
  return (
    <>
      <PageHeader title="Tasks">
        <NewTask />
      </PageHeader>
      <Answered query={tasks}>
        {({ items }) => (
          <DataTable
            label="Tasks"
            columns={COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
            onEnd={tasks.readOn}
            empty={
              <EmptyState title="There is no task yet">
                A task says what is trained, by whom and when.{' '}
                <Link href="/tasks/_new">Make one from a form or a task file</Link>.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}

/** Its address holds a sign that no task's id has. */
const NewTask = () => {
  const whyNot = useWhyNot('operator')
  return whyNot === undefined ? (
    <Link className="button button-primary" href="/tasks/_new">
      New task
    </Link>
  ) : (
    <ActButton needs="operator">New task</ActButton>
  )
}
