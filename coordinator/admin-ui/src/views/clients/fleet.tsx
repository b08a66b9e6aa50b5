import type { ClientView } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { useLongList } from '../../api/use-long-list.ts'
import { useRest } from '../../api/use-rest.ts'
import { formatCount } from '../../format/number.ts'
import { shortId } from '../../format/short-id.ts'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { useSearchValue } from '../../ui/search-value.ts'
import { Time } from '../../ui/time.tsx'
import { ClientLine, ClientStatus } from './client-status.tsx'
import { FleetFilters } from './fleet-filters.tsx'
import { fleetQueryOf } from './fleet-query.ts'
import { RevokeClient } from './revoke-client.tsx'

const COLUMNS: readonly Column<ClientView>[] = [
  {
    name: 'client',
    title: 'Client',
    width: 150,
    cell: ({ id }) => (
      <Link href={`/clients/${id}`} title={id}>
        <code>{shortId(id)}</code>
      </Link>
    ),
    order: ({ id }) => id,
  },
  {
    name: 'status',
    title: 'Status',
    width: 110,
    cell: (client) => <ClientStatus client={client} />,
    order: ({ status }) => status,
  },
  {
    name: 'line',
    title: 'Connection',
    width: 110,
    cell: (client) => <ClientLine client={client} />,
    order: ({ online }) => (online === undefined ? null : Number(online)),
  },
  {
    name: 'waiting',
    title: 'Waiting for',
    cell: ({ waitingFor = [] }) => <span title={waitingFor.join(', ')}>{waitingFor.join(', ')}</span>,
    order: ({ waitingFor }) => waitingFor?.join(', ') || null,
  },
  {
    name: 'enrolled',
    title: 'Enrolled',
    width: 190,
    cell: ({ enrolledAt }) => <Time at={enrolledAt} />,
    order: ({ enrolledAt }) => enrolledAt,
  },
  { name: 'acts', title: '', width: 100, cell: (client) => <RevokeClient client={client} /> },
]

const keyOf = ({ id }: ClientView) => id

/** All clients that the filters leave, in the order of their ids unless another is asked for. */
export const Fleet = () => {
  const [status] = useSearchValue('status')
  const [online] = useSearchValue('online')
  const [search] = useSearchValue('search')
  const [sort] = useSearchValue('sort')
  const query = fleetQueryOf({ status, online, search })
  const filtered = Object.values(query).some((value) => value !== undefined)
  const clients = useLongList('/clients', { query }, { keyOf })
  const overview = useRest('/overview')
  const fleet = overview.data?.fleet
  const all = fleet && !filtered ? fleet.enrolled + fleet.revoked + fleet.withdrawn : undefined
  return (
    <>
      <FleetFilters />
      <Answered query={clients}>
        {({ items }) => (
          <>
            <p className="list-count" role="status">
              {clients.complete
                ? `${formatCount(items.length)} ${filtered ? 'match' : 'in all'}`
                : `${formatCount(items.length)}${all ? ` of ${formatCount(all)}` : ''} read${clients.reading ? ' …' : ''}`}
              {!clients.complete && sort !== '' && ', ordered among themselves'}
              {!clients.complete && !clients.reading && (
                <button type="button" className="link" onClick={clients.readOn}>
                  Read on
                </button>
              )}
            </p>
            <DataTable
              label="Clients"
              columns={COLUMNS}
              rows={items}
              rowKey={keyOf}
              onEnd={clients.readOn}
              onShown={clients.show}
              empty={
                filtered ? (
                  <EmptyState title="No client matches">
                    <Link href="/clients">Show all clients</Link>, or change the filters.
                  </EmptyState>
                ) : (
                  <EmptyState title="No client has enrolled yet">
                    Choose <b>Invite clients</b> above: an invitation is a code that each client enrols with,
                    once.
                  </EmptyState>
                )
              }
            />
          </>
        )}
      </Answered>
    </>
  )
}
