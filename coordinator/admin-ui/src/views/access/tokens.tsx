import type { OperatorTokenSummary } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useAct, useRestPages } from '../../api/use-rest.ts'
import { useSession } from '../../session/use-session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Answered } from '../../ui/answered.tsx'
import { ID, MADE } from '../../ui/columns.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'

const COLUMNS: readonly Column<OperatorTokenSummary>[] = [
  { name: 'name', title: 'Name', cell: ({ name }) => name, order: ({ name }) => name },
  { name: 'role', title: 'Role', width: 100, cell: ({ role }) => role, order: ({ role }) => role },
  {
    name: 'status',
    title: 'Status',
    width: 110,
    cell: ({ status }) => <StatusBadge tone={status === 'active' ? 'good' : 'idle'}>{status}</StatusBadge>,
    order: ({ status }) => status,
  },
  MADE,
  ID,
  { name: 'acts', title: '', width: 100, cell: (token) => <Revoke token={token} /> },
]

export const Tokens = () => {
  const tokens = useRestPages('/operator-tokens')
  return (
    <Answered query={tokens}>
      {({ items }) => (
        <DataTable
          label="Operator tokens"
          columns={COLUMNS}
          rows={items}
          rowKey={({ id }) => id}
          onEnd={tokens.readOn}
          empty={
            <EmptyState title="No token">
              Choose <b>Create token</b> above; its text is shown once.
            </EmptyState>
          }
        />
      )}
    </Answered>
  )
}

const Revoke = ({ token }: { token: OperatorTokenSummary }) => {
  const [asking, setAsking] = useState(false)
  const { session } = useSession()
  const own = session?.id === token.id
  const revoke = useAct<OperatorTokenSummary, unknown>({
    does: (api, { id }) => api.delete('/operator-tokens/{token}', { path: { token: id } }),
    done: () => `The token “${token.name}” is revoked.`,
    changes: ['/operator-tokens', '/session'],
  })
  const close = () => setAsking(false)
  return (
    <>
      <ActButton
        needs="admin"
        unless={token.status === 'revoked' ? 'This token is revoked already.' : undefined}
        onClick={() => setAsking(true)}
      >
        Revoke
      </ActButton>
      {asking && (
        <ConfirmDialog
          title={`Revoke “${token.name}”?`}
          act="Revoke token"
          busy={revoke.isPending}
          onConfirm={() => revoke.mutate(token, { onSettled: close })}
          onClose={close}
        >
          <p>
            Whoever uses it is refused from this moment on, in scripts and in consoles. It cannot be undone.
          </p>
          {own && (
            <p>
              <b>You are signed in with this token:</b> you will be signed out.
            </p>
          )}
        </ConfirmDialog>
      )}
    </>
  )
}
