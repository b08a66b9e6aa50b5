import type { DeliveryView } from '@tributary/protocols/rest'
import { useMemo } from 'react'
import { Link } from 'wouter'
import { useAct, useRestPages } from '../../api/use-rest.ts'
import { subjectPath } from '../../format/subject-path.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Panel } from '../../ui/panel.tsx'
import { FromNow } from '../../ui/time.tsx'
import { OutcomeBadge } from '../webhooks/outcome-badge.tsx'

/** No live event tells of deliveries. */
const LOOK_MS = 3_000

const COLUMNS: readonly Column<DeliveryView>[] = [
  {
    name: 'created',
    title: 'When',
    width: 110,
    cell: ({ createdAt }) => <FromNow at={createdAt} />,
    order: ({ createdAt }) => createdAt,
  },
  { name: 'event', title: 'Event', width: 150, cell: ({ event }) => event, order: ({ event }) => event },
  {
    name: 'subject',
    title: 'About',
    width: 140,
    cell: (delivery) => <Subject delivery={delivery} />,
    order: ({ subject }) => subject,
  },
  {
    name: 'status',
    title: 'Outcome',
    width: 120,
    cell: ({ status, attempts }) => <OutcomeBadge outcome={status} attempts={attempts} />,
    order: ({ status }) => status,
  },
  {
    name: 'attempts',
    title: 'Attempts',
    numeric: true,
    width: 100,
    cell: ({ attempts }) => attempts,
    order: ({ attempts }) => attempts,
  },
  {
    name: 'answer',
    title: 'Answer',
    cell: ({ answer }) => <span title={answer ?? ''}>{answer ?? 'none yet'}</span>,
  },
  {
    name: 'next',
    title: 'Next attempt',
    width: 120,
    cell: ({ nextAttemptAt }) => nextAttemptAt && <FromNow at={nextAttemptAt} />,
    order: ({ nextAttemptAt }) => nextAttemptAt,
  },
]

/** What was sent to a webhook, newest first. */
export const Deliveries = ({ webhook }: { webhook: string }) => {
  const deliveries = useRestPages(
    '/webhooks/{webhook}/deliveries',
    { path: { webhook } },
    { everyMs: LOOK_MS },
  )
  const columns = useMemo(
    (): readonly Column<DeliveryView>[] => [
      ...COLUMNS,
      {
        name: 'acts',
        title: '',
        width: 110,
        cell: (delivery) => <Redeliver webhook={webhook} delivery={delivery} />,
      },
    ],
    [webhook],
  )
  return (
    <Panel title="Deliveries, newest first">
      <Answered query={deliveries}>
        {({ items }) => (
          <DataTable
            label="Deliveries"
            columns={columns}
            rows={items}
            rowKey={({ id }) => id}
            onEnd={deliveries.readOn}
            empty={
              <EmptyState title="Nothing was sent yet">
                Choose <b>Send a ping</b> above to see whether the address answers.
              </EmptyState>
            }
          />
        )}
      </Answered>
    </Panel>
  )
}

const Subject = ({ delivery }: { delivery: DeliveryView }) => {
  const path = subjectPath(delivery.subject, delivery.event)
  return path ? <Link href={path}>{delivery.subject}</Link> : delivery.subject
}

const Redeliver = ({ webhook, delivery }: { webhook: string; delivery: DeliveryView }) => {
  const again = useAct({
    does: (api, { id }: DeliveryView) =>
      api.post('/webhooks/{webhook}/deliveries/{delivery}/redeliver', { path: { webhook, delivery: id } }),
    done: () => `${delivery.event} is sent again.`,
    changes: ['/webhooks/{webhook}/deliveries'],
  })
  return (
    <ActButton
      needs="operator"
      busy={again.isPending}
      unless={delivery.status === 'pending' ? 'It is still being sent.' : undefined}
      onClick={() => again.mutate(delivery)}
    >
      Send again
    </ActButton>
  )
}
