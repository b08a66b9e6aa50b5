import type { AuditRecordView } from '@tributary/protocols/rest'
import { useRestPages } from '../../api/use-rest.ts'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Id } from '../../ui/id.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Time } from '../../ui/time.tsx'

const COLUMNS: readonly Column<AuditRecordView>[] = [
  {
    name: 'sequence',
    title: 'Entry',
    numeric: true,
    width: 80,
    cell: ({ sequence }) => sequence,
    order: ({ sequence }) => sequence,
  },
  { name: 'at', title: 'When', width: 200, cell: ({ at }) => <Time at={at} />, order: ({ at }) => at },
  {
    name: 'actor',
    title: 'Who',
    width: 200,
    cell: ({ actor }) => <Id of={actor} />,
    order: ({ actor }) => actor,
  },
  { name: 'action', title: 'Did', width: 180, cell: ({ action }) => action, order: ({ action }) => action },
  {
    name: 'subject',
    title: 'To',
    cell: ({ subject }) => <Id of={subject} />,
    order: ({ subject }) => subject,
  },
]

export const AuditView = () => {
  const audit = useRestPages('/audit')
  return (
    <>
      <PageHeader title="Audit" />
      <Answered query={audit}>
        {({ items }) => (
          <DataTable
            label="Audit entries"
            columns={COLUMNS}
            rows={items}
            rowKey={({ sequence }) => String(sequence)}
            onEnd={audit.readOn}
            empty={
              <EmptyState title="Nothing was done yet">Every act is written here with who did it.</EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}
