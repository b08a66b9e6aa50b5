import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useApi } from '../../api/api-context.ts'
import { forgetSession } from '../../session/forget-session.ts'
import { useSession, useWhyNot } from '../../session/use-session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Id } from '../../ui/id.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { Panel } from '../../ui/panel.tsx'
import { FromNow, Time } from '../../ui/time.tsx'
import { CreateToken } from './create-token.tsx'
import { MAY } from './may.ts'
import { Tokens } from './tokens.tsx'

/** Who is signed in, and who may: the tokens of operators. */
export const AccessView = () => {
  const [creating, setCreating] = useState(false)
  const whyNot = useWhyNot('admin')
  return (
    <>
      <PageHeader title="Access">
        <ActButton tone="primary" needs="admin" onClick={() => setCreating(true)}>
          Create token
        </ActButton>
      </PageHeader>
      <div className="stacked">
        <Myself />
        <Panel title="Operator tokens, newest first">
          {whyNot === undefined ? (
            <Tokens />
          ) : (
            <EmptyState title="Tokens are for admins">
              {whyNot} An admin makes, lists and revokes them.
            </EmptyState>
          )}
        </Panel>
      </div>
      {creating && <CreateToken onClose={() => setCreating(false)} />}
    </>
  )
}

const Myself = () => {
  const { session } = useSession()
  const api = useApi()
  const cache = useQueryClient()
  const signOut = useMutation({
    mutationFn: () => api.delete('/session'),
    onSuccess: () => forgetSession(cache),
  })
  if (!session) return null
  const { name, id, role, expiresAt } = session
  return (
    <Panel
      title="You"
      beside={
        <button type="button" className="link" onClick={() => signOut.mutate()}>
          Sign out
        </button>
      }
    >
      <Facts
        facts={[
          ['Signed in as', name],
          ['Role', `${role}: ${MAY[role]}`],
          ['Id, as the audit log has it', <Id key="id" of={id} whole />],
          [
            'Session ends',
            <span key="ends">
              <Time at={expiresAt} /> (<FromNow at={expiresAt} />)
            </span>,
          ],
        ]}
      />
    </Panel>
  )
}
