import { Link } from 'wouter'
import { useRest } from '../../api/use-rest.ts'
import { shortId } from '../../format/short-id.ts'
import { Answered } from '../../ui/answered.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Id } from '../../ui/id.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { FromNow, Time } from '../../ui/time.tsx'
import { ClientLine, ClientStatus } from '../clients/client-status.tsx'
import { RevokeClient } from '../clients/revoke-client.tsx'
import { ClientRounds } from './client-rounds.tsx'
import { EnrolledBy } from './enrolled-by.tsx'
import { Fingerprint } from './fingerprint.tsx'

/** One client: who it is, where it is, and what became of its part in each round. */
export const ClientView = ({ params: { client: id } }: { params: { client: string } }) => {
  const client = useRest('/clients/{client}', { path: { client: id } })
  return (
    <>
      <PageHeader
        title={shortId(id)}
        crumbs={[{ name: 'Clients', to: '/clients' }]}
        beside={
          client.data && (
            <>
              <ClientStatus client={client.data} />
              <ClientLine client={client.data} />
            </>
          )
        }
      >
        {client.data && <RevokeClient client={client.data} />}
      </PageHeader>
      <Answered query={client}>
        {(known) => (
          <div className="stacked">
            <Panel title="Client">
              <Facts
                facts={[
                  ['Id', <Id key="id" of={known.id} whole />],
                  ['Public key (Ed25519)', <Id key="key" of={known.publicKey} whole />],
                  ['Fingerprint', <Fingerprint key="print" publicKey={known.publicKey} id={known.id} />],
                  [
                    'Enrolled',
                    <span key="at">
                      <Time at={known.enrolledAt} /> (<FromNow at={known.enrolledAt} />)
                    </span>,
                  ],
                  [
                    'By the invitation',
                    known.enrolledBy === '' ? (
                      <span key="by" className="help">
                        erased
                      </span>
                    ) : (
                      <EnrolledBy key="by" id={known.enrolledBy} />
                    ),
                  ],
                  ['Waiting for', <WaitingFor key="waiting" tasks={known.waitingFor ?? []} />],
                ]}
              />
            </Panel>
            <ClientRounds client={known.id} />
          </div>
        )}
      </Answered>
    </>
  )
}

const WaitingFor = ({ tasks }: { tasks: readonly string[] }) =>
  tasks.length === 0 ? (
    <span className="help">no task</span>
  ) : (
    <ul className="inline-list">
      {tasks.map((task) => (
        <li key={task}>
          <Link href={`/tasks/${task}`}>{task}</Link>
        </li>
      ))}
    </ul>
  )
