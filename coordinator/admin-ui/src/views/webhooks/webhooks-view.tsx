import type { WebhookView } from '@tributary/protocols/rest'
import { useRestPages } from '../../api/use-rest.ts'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'

const COLUMNS: readonly Column<WebhookView>[] = [
  { name: 'name', title: 'Name', cell: ({ name }) => name, order: ({ name }) => name },
  { name: 'url', title: 'Address', cell: ({ url }) => <code>{url}</code>, order: ({ url }) => url },
  { name: 'events', title: 'Events', cell: ({ events }) => events.join(', ') },
  {
    name: 'last',
    title: 'Last delivery',
    cell: ({ last }) =>
      last && <StatusBadge tone={last.outcome === 'delivered' ? 'good' : 'bad'}>{last.outcome}</StatusBadge>,
    order: ({ last }) => last?.outcome ?? null,
  },
  {
    name: 'created',
    title: 'Created',
    cell: ({ createdAt }) => <Time at={createdAt} />,
    order: ({ createdAt }) => createdAt,
  },
]

export const WebhooksView = () => {
  const webhooks = useRestPages('/webhooks')
  return (
    <>
      <PageHeader title="Webhooks" />
      <Answered query={webhooks}>
        {({ items }) => (
          <DataTable
            label="Webhooks"
            columns={COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
            onEnd={webhooks.readOn}
            empty={
              <EmptyState title="No webhook yet">
                A webhook tells another system of rounds and versions. Make one with{' '}
                <code>POST /api/v1/webhooks</code>.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}
