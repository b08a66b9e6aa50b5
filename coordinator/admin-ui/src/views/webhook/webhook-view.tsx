import type { WebhookView as Webhook } from '@tributary/protocols/rest'
import { Link, useLocation } from 'wouter'
import { useAct, useRest } from '../../api/use-rest.ts'
import { useWhyNot } from '../../session/use-session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Answered } from '../../ui/answered.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Id } from '../../ui/id.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { FromNow, Time } from '../../ui/time.tsx'
import { OutcomeBadge } from '../webhooks/outcome-badge.tsx'
import { DeleteWebhook } from './delete-webhook.tsx'
import { Deliveries } from './deliveries.tsx'
import '../webhooks/webhooks.css'

type Props = { params: { webhook: string } }

/** One webhook: what it is told, and how its deliveries went. */
export const WebhookView = ({ params: { webhook: id } }: Props) => {
  const whyNot = useWhyNot('operator')
  if (whyNot === undefined) return <Read id={id} />
  return (
    <>
      <PageHeader title="Webhook" crumbs={[{ name: 'Webhooks', to: '/webhooks' }]} />
      <EmptyState title="Webhooks are for operators">{whyNot}</EmptyState>
    </>
  )
}

const Read = ({ id }: { id: string }) => {
  const [, go] = useLocation()
  const webhook = useRest('/webhooks/{webhook}', { path: { webhook: id } })
  return (
    <>
      <PageHeader
        title={webhook.data?.name ?? 'Webhook'}
        crumbs={[{ name: 'Webhooks', to: '/webhooks' }]}
        beside={webhook.data?.last && <OutcomeBadge outcome={webhook.data.last.outcome} />}
      >
        {webhook.data && (
          <>
            <Ping webhook={webhook.data} />
            <DeleteWebhook webhook={webhook.data} onDeleted={() => go('/webhooks')} />
          </>
        )}
      </PageHeader>
      <Answered query={webhook}>
        {(known) => (
          <div className="stacked">
            <Panel title="Webhook">
              <Facts
                facts={[
                  ['Address', <code key="url">{known.url}</code>],
                  ['Events', known.events.join(', ')],
                  [
                    'Task',
                    known.task ? (
                      <Link key="task" href={`/tasks/${known.task}`}>
                        {known.task}
                      </Link>
                    ) : (
                      'every task'
                    ),
                  ],
                  ['Made', <Time key="made" at={known.createdAt} />],
                  ['Last outcome', known.last ? <FromNow key="last" at={known.last.at} /> : 'none yet'],
                  ['Id', <Id key="id" of={known.id} whole />],
                ]}
              />
            </Panel>
            <Deliveries webhook={known.id} />
          </div>
        )}
      </Answered>
    </>
  )
}

const Ping = ({ webhook }: { webhook: Webhook }) => {
  const ping = useAct({
    does: (api, { id }: Webhook) => api.post('/webhooks/{webhook}/ping', { path: { webhook: id } }),
    done: () => 'A ping is on its way: see the deliveries below.',
    changes: ['/webhooks/{webhook}/deliveries'],
  })
  return (
    <ActButton needs="operator" busy={ping.isPending} onClick={() => ping.mutate(webhook)}>
      Send a ping
    </ActButton>
  )
}
