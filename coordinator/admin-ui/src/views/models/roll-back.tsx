import type { ModelView, TaskView } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useAct } from '../../api/use-rest.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { NoteInput } from '../../ui/note-input.tsx'

/** Makes an old version the newest again, after saying what that does. */
export const RollBack = ({ task, to }: { task: TaskView; to: ModelView }) => {
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const newest = task.latestModel
  const rollBack = useAct({
    does: (api, body: { version: number; reason: string }) =>
      api.post('/tasks/{task}/rollback', { path: { task: task.id }, body }),
    done: ({ version }) => `Version ${version} is in use, with the weights of version ${to.version}.`,
    changes: ['/tasks/{task}/models', '/tasks/{task}', '/tasks', '/overview'],
  })
  const close = () => setAsking(false)
  const next = (newest?.version ?? 0) + 1
  return (
    <>
      <ActButton needs="operator" unless={whyNot(task, to)} onClick={() => setAsking(true)}>
        Roll back
      </ActButton>
      {asking && (
        <ConfirmDialog
          title={`Roll ${task.id} back to version ${to.version}?`}
          act="Roll back"
          busy={rollBack.isPending}
          onConfirm={() => rollBack.mutate({ version: to.version, reason }, { onSettled: close })}
          onClose={close}
        >
          <p>
            A new version {next} is made with the weights of version {to.version}. Clients get it at once and
            the next round begins from it.
          </p>
          <p>
            {newest && newest.version > to.version + 1
              ? `Versions ${to.version + 1} to ${newest.version} stay`
              : `Version ${newest?.version} stays`}{' '}
            in the history and can be rolled back to. What the strategy carries from round to round begins
            anew.
          </p>
          <NoteInput
            label="Reason"
            value={reason}
            onChange={setReason}
            required
            placeholder="for the record, as in: accuracy fell after the update"
          />
        </ConfirmDialog>
      )}
    </>
  )
}

const whyNot = ({ latestModel, openRound }: TaskView, to: ModelView): string | undefined => {
  if (latestModel?.version === to.version) return 'This is the version in use.'
  if (openRound) return `Round ${openRound.number} goes on: abandon it, or wait until it has ended.`
  return undefined
}
