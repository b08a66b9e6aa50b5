import type { WebhookView } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useAct } from '../../api/use-rest.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'

type Props = { webhook: WebhookView; onDeleted: () => void }

/** Deletes a webhook with its deliveries, after asking. */
export const DeleteWebhook = ({ webhook, onDeleted }: Props) => {
  const [asking, setAsking] = useState(false)
  const remove = useAct({
    does: (api, { id }: WebhookView) => api.delete('/webhooks/{webhook}', { path: { webhook: id } }),
    done: () => `The webhook “${webhook.name}” is deleted.`,
    changes: ['/webhooks'],
  })
  return (
    <>
      <ActButton needs="admin" tone="danger" onClick={() => setAsking(true)}>
        Delete
      </ActButton>
      {asking && (
        <ConfirmDialog
          title={`Delete “${webhook.name}”?`}
          act="Delete webhook"
          busy={remove.isPending}
          onConfirm={() => remove.mutate(webhook, { onSuccess: onDeleted, onError: () => setAsking(false) })}
          onClose={() => setAsking(false)}
        >
          <p>
            It is told nothing more: deliveries that wait are dropped, and the log below goes with it. Its
            secret cannot be had again.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
