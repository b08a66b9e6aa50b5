import type { ClientView } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useAct } from '../../api/use-rest.ts'
import { shortId } from '../../format/short-id.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

/** Takes away a client's right to take part, for good, after asking. */
export const RevokeClient = ({ client }: { client: ClientView }) => {
  const [asking, setAsking] = useState(false)
  return (
    <>
      <ActButton
        needs="operator"
        unless={client.status === 'active' ? undefined : WHY_NOT[client.status]}
        onClick={() => setAsking(true)}
      >
        Revoke
      </ActButton>
      {asking && <Asking client={client} onClose={() => setAsking(false)} />}
    </>
  )
}

const WHY_NOT = {
  revoked: 'This client is revoked already.',
  withdrawn: 'This client has withdrawn by itself.',
}

/** Apart from the button, of which a table of ten thousand draws many. */
const Asking = ({ client, onClose }: { client: ClientView; onClose: () => void }) => {
  const revoke = useAct({
    does: (api, { id }: ClientView) => api.delete('/clients/{client}', { path: { client: id } }),
    done: ({ id }) => `${shortId(id)} is revoked.`,
    changes: ['/clients', '/clients/{client}', '/overview'],
  })
  return (
    <ConfirmDialog
      title={`Revoke ${shortId(client.id)}?`}
      act="Revoke client"
      busy={revoke.isPending}
      onConfirm={() => revoke.mutate(client, { onSettled: onClose })}
      onClose={onClose}
    >
      <p>
        It leaves the rounds it is in and can never take part again with this key. To come back it must enrol
        anew.
      </p>
    </ConfirmDialog>
  )
}
