import { useState } from 'react'
import { ActButton } from '../../ui/act-button.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Tabs } from '../../ui/tabs.tsx'
import { Fleet } from './fleet.tsx'
import { Invitations } from './invitations.tsx'
import { Invite } from './invite.tsx'
import './clients.css'

export const ClientsView = () => {
  const [inviting, setInviting] = useState(false)
  return (
    <>
      <PageHeader title="Clients">
        <ActButton tone="primary" needs="operator" onClick={() => setInviting(true)}>
          Invite clients
        </ActButton>
      </PageHeader>
      <Tabs
        label="Clients"
        tabs={[
          { name: 'fleet', title: 'Fleet', content: () => <Fleet /> },
          { name: 'invitations', title: 'Invitations', content: () => <Invitations /> },
        ]}
      />
      {inviting && <Invite onClose={() => setInviting(false)} />}
    </>
  )
}
