import type { ClientView } from '@tributary/protocols/rest'
import { useRestPages } from '../../api/use-rest.ts'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Id } from '../../ui/id.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { Time } from '../../ui/time.tsx'
import { RevokeClient } from './revoke-client.tsx'

const COLUMNS: readonly Column<ClientView>[] = [
  { name: 'client', title: 'Client', width: 200, cell: ({ id }) => <Id of={id} />, order: ({ id }) => id },
  {
    name: 'status',
    title: 'Status',
    width: 120,
    cell: ({ status }) => <StatusBadge tone={status === 'active' ? 'good' : 'bad'}>{status}</StatusBadge>,
    order: ({ status }) => status,
  },
  {
    name: 'line',
    title: 'Line',
    width: 120,
    cell: ({ online }) =>
      online !== undefined && (
        <StatusBadge tone={online ? 'good' : 'idle'}>{online ? 'online' : 'offline'}</StatusBadge>
      ),
    order: ({ online }) => (online === undefined ? null : Number(online)),
  },
  { name: 'waiting', title: 'Waiting for', cell: ({ waitingFor }) => waitingFor?.join(', ') },
  {
    name: 'enrolled',
    title: 'Enrolled',
    width: 200,
    cell: ({ enrolledAt }) => <Time at={enrolledAt} />,
    order: ({ enrolledAt }) => enrolledAt,
  },
  { name: 'acts', title: '', width: 110, cell: (client) => <RevokeClient client={client} /> },
]

const oneOf = <Word extends string>(value: string, words: readonly Word[]): Word | undefined =>
  words.find((word) => word === value)

export const ClientsView = () => {
  const [status] = useSearchValue('status')
  const [online] = useSearchValue('online')
  const clients = useRestPages('/clients', {
    query: { status: oneOf(status, ['active', 'revoked']), online: oneOf(online, ['true', 'false']) },
  })
  return (
    <>
      <PageHeader title="Clients" />
      <Answered query={clients}>
        {({ items }) => (
          <DataTable
            label="Clients"
            columns={COLUMNS}
            rows={items}
            rowKey={({ id }) => id}
            onEnd={clients.readOn}
            empty={
              <EmptyState title="No client here">
                Clients enrol with an invitation; make one with <code>POST /api/v1/enrolment-tokens</code>.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </>
  )
}
