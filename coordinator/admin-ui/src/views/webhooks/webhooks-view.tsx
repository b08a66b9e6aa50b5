import type { WebhookView } from '@tributary/protocols/rest'
import { useState } from 'react'
import { Link } from 'wouter'
import { useRestPages } from '../../api/use-rest.ts'
import { useWhyNot } from '../../session/use-session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Answered } from '../../ui/answered.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { FromNow, Time } from '../../ui/time.tsx'
import { CreateWebhook } from './create-webhook.tsx'
import { OutcomeBadge } from './outcome-badge.tsx'
import './webhooks.css'

const LOOK_MS = 10_000

const COLUMNS: readonly Column<WebhookView>[] = [
  {
    name: 'name',
    title: 'Name',
    cell: ({ id, name }) => <Link href={`/webhooks/${id}`}>{name}</Link>,
    order: ({ name }) => name,
  },
  {
    name: 'last',
    title: 'Last delivery',
    cell: ({ last }) =>
      last ? (
        <>
          <OutcomeBadge outcome={last.outcome} /> <FromNow at={last.at} />
        </>
      ) : (
        <span className="help">none yet</span>
      ),
    order: ({ last }) => last?.at ?? null,
  },
  {
    name: 'url',
    title: 'Address',
    cell: ({ url }) => (
      <code className="webhook-url" title={url}>
        {url}
      </code>
    ),
    order: ({ url }) => url,
  },
  { name: 'events', title: 'Events', cell: ({ events }) => events.join(', ') },
  {
    name: 'task',
    title: 'Task',
    cell: ({ task }) => (task ? <Link href={`/tasks/${task}`}>{task}</Link> : 'every task'),
    order: ({ task }) => task,
  },
  {
    name: 'created',
    title: 'Made',
    cell: ({ createdAt }) => <Time at={createdAt} />,
    order: ({ createdAt }) => createdAt,
  },
]

export const WebhooksView = () => {
  const [creating, setCreating] = useState(false)
  const whyNot = useWhyNot('operator')
  return (
    <>
      <PageHeader title="Webhooks">
        <ActButton tone="primary" needs="admin" onClick={() => setCreating(true)}>
          Create webhook
        </ActButton>
      </PageHeader>
      {whyNot === undefined ? (
        <List />
      ) : (
        <EmptyState title="Webhooks are for operators">
          {whyNot} Their addresses may hold secrets, so viewers do not see them.
        </EmptyState>
      )}
      {creating && <CreateWebhook onClose={() => setCreating(false)} />}
    </>
  )
}

const List = () => {
  const webhooks = useRestPages('/webhooks', {}, { everyMs: LOOK_MS })
  return (
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
              A webhook tells another system of rounds and versions: a release pipeline, a chat, a pager.
              Choose <b>Create webhook</b> above.
            </EmptyState>
          }
        />
      )}
    </Answered>
  )
}
