import type { EnrolmentTokenSummary } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useAct, useRestPages } from '../../api/use-rest.ts'
import { formatCount } from '../../format/number.ts'
import { useWhyNot } from '../../session/use-session.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Answered } from '../../ui/answered.tsx'
import { ID, MADE } from '../../ui/columns.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { type Column, DataTable } from '../../ui/data-table.tsx'
import { EmptyState } from '../../ui/empty-state.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { FromNow } from '../../ui/time.tsx'

const isOpen = ({ usesLeft, expiresAt }: EnrolmentTokenSummary): boolean =>
  usesLeft > 0 && Date.parse(expiresAt) > Date.now()

const stateOf = (invitation: EnrolmentTokenSummary): string =>
  isOpen(invitation) ? 'open' : invitation.usesLeft === 0 ? 'used up' : 'expired'

const COLUMNS: readonly Column<EnrolmentTokenSummary>[] = [
  { name: 'name', title: 'Name', width: 180, cell: ({ name }) => name, order: ({ name }) => name },
  {
    name: 'state',
    title: 'State',
    width: 110,
    cell: (invitation) => (
      <StatusBadge tone={isOpen(invitation) ? 'good' : 'idle'}>{stateOf(invitation)}</StatusBadge>
    ),
    order: stateOf,
  },
  {
    name: 'uses',
    title: 'Uses left',
    numeric: true,
    width: 110,
    cell: ({ usesLeft }) => formatCount(usesLeft),
    order: ({ usesLeft }) => usesLeft,
  },
  {
    name: 'expires',
    title: 'Expires',
    width: 120,
    cell: ({ expiresAt }) => <FromNow at={expiresAt} />,
    order: ({ expiresAt }) => expiresAt,
  },
  MADE,
  ID,
  {
    name: 'acts',
    title: '',
    width: 110,
    cell: (invitation) => <TakeBack invitation={invitation} />,
  },
]

export const Invitations = () => {
  const whyNot = useWhyNot('operator')
  return whyNot === undefined ? (
    <Read />
  ) : (
    <EmptyState title="Invitations are for operators">{whyNot}</EmptyState>
  )
}

const Read = () => {
  const invitations = useRestPages('/enrolment-tokens')
  return (
    <Answered query={invitations}>
      {({ items }) => (
        <DataTable
          label="Invitations"
          columns={COLUMNS}
          rows={items}
          rowKey={({ id }) => id}
          sortName="order"
          onEnd={invitations.readOn}
          empty={
            <EmptyState title="No invitation yet">
              Choose <b>Invite clients</b> above. Its code is shown once; the list then says how many uses are
              left.
            </EmptyState>
          }
        />
      )}
    </Answered>
  )
}

const TakeBack = ({ invitation }: { invitation: EnrolmentTokenSummary }) => {
  const [asking, setAsking] = useState(false)
  const takeBack = useAct<EnrolmentTokenSummary, unknown>({
    does: (api, { id }) => api.delete('/enrolment-tokens/{token}', { path: { token: id } }),
    done: () => `The invitation “${invitation.name}” is taken back.`,
    changes: ['/enrolment-tokens'],
  })
  const close = () => setAsking(false)
  return (
    <>
      <ActButton
        needs="operator"
        unless={isOpen(invitation) ? undefined : 'Nobody can enrol with it any more.'}
        onClick={() => setAsking(true)}
      >
        Take back
      </ActButton>
      {asking && (
        <ConfirmDialog
          title={`Take back “${invitation.name}”?`}
          act="Take back"
          busy={takeBack.isPending}
          onConfirm={() => takeBack.mutate(invitation, { onSettled: close })}
          onClose={close}
        >
          <p>
            Nobody can enrol with it any more. Clients that enrolled by it stay enrolled; revoke them one by
            one on their pages.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
