import type { RoundDetail } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useAct } from '../../api/use-rest.ts'
import { plural } from '../../format/number.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { NoteInput } from '../../ui/note-input.tsx'

/** Ends a round without a version, after asking, with a reason for those who come later. */
export const AbandonRound = ({ round }: { round: RoundDetail }) => {
  const [asking, setAsking] = useState(false)
  const [reason, setReason] = useState('')
  const received = 'tally' in round ? round.tally.received : 0
  const abandon = useAct({
    does: (api, body: { reason: string }) =>
      api.post('/tasks/{task}/rounds/{round}/abandon', {
        path: { task: round.task, round: round.number },
        body,
      }),
    done: ({ number }) => `Round ${number} is abandoned.`,
    changes: ['/tasks/{task}/rounds/{round}', '/tasks/{task}/rounds', '/tasks/{task}', '/overview'],
  })
  const close = () => setAsking(false)
  return (
    <>
      <ActButton tone="danger" needs="operator" onClick={() => setAsking(true)}>
        Abandon round
      </ActButton>
      {asking && (
        <ConfirmDialog
          title={`Abandon round ${round.number} of ${round.task}?`}
          act="Abandon round"
          busy={abandon.isPending}
          onConfirm={() => abandon.mutate({ reason }, { onSettled: close })}
          onClose={close}
        >
          <p>
            {received > 0
              ? `${plural(received, 'update')} that came in ${received === 1 ? 'is' : 'are'} thrown away. `
              : 'Clients at work stop. '}
            The model stays at version {round.base.version}. The task's schedule goes on.
          </p>
          <NoteInput
            label="Reason"
            value={reason}
            onChange={setReason}
            placeholder="for the record, as in: wrong learning rate"
          />
        </ConfirmDialog>
      )}
    </>
  )
}
