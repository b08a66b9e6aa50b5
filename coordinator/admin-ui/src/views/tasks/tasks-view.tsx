import type { TaskSummary } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { useRestPages } from '../../api/use-rest.ts'
import { formatCount } from '../../format/number.ts'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { PhaseBadge, TaskBadge } from '../../ui/round-badge.tsx'
import { FromNow } from '../../ui/time.tsx'

const COLUMNS: readonly Column<TaskSummary>[] = [
  {
    name: 'task',
    title: 'Task',
    cell: ({ id }) => <Link href={`/tasks/${id}`}>{id}</Link>,
    order: ({ id }) => id,
  },
  { name: 'title', title: 'Title', cell: ({ title }) => title ?? '', order: ({ title }) => title },
  {
    name: 'status',
    title: 'Status',
    cell: ({ status }) => <TaskBadge status={status} />,
    order: ({ status }) => status,
  },
  {
    name: 'rounds',
    title: 'Rounds',
    numeric: true,
    cell: ({ completedRounds }) => formatCount(completedRounds),
    order: ({ completedRounds }) => completedRounds,
  },
  {
    name: 'round',
    title: 'Latest round',
    cell: ({ latestRound }) => latestRound && <PhaseBadge phase={latestRound.phase} />,
  },
  {
    name: 'version',
    title: 'Version',
    numeric: true,
    cell: ({ latestModel }) => latestModel?.version ?? '',
    order: ({ latestModel }) => latestModel?.version ?? null,
  },
  {
    name: 'next',
    title: 'Next round',
    cell: ({ nextRoundAt }) => nextRoundAt && <FromNow at={nextRoundAt} />,
    order: ({ nextRoundAt }) => nextRoundAt,
  },
  {
    name: 'created',
    title: 'Created',
    cell: ({ createdAt }) => <FromNow at={createdAt} />,
    order: ({ createdAt }) => createdAt,
  },
]

export const TasksView = () => {
  const tasks = useRestPages('/tasks')
  return (
    <>
      <PageHeader title="Tasks" />
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
                A task says what is trained, by whom and when. Make one with <code>POST /api/v1/tasks</code>.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}
