import type { ChangeTaskRequest, RoundView, TaskView } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useAct } from '../../api/use-rest.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { Reschedule } from './reschedule.tsx'

const CHANGES = ['/tasks/{task}', '/tasks', '/overview'] as const

/** What can be done to a task; what cannot at this moment says why. */
export const TaskActs = ({ task }: { task: TaskView }) => {
  const [asking, setAsking] = useState<'finish' | 'reschedule'>()
  const [, go] = useLocation()
  const trigger = useAct<void, RoundView>({
    does: (api) => api.post('/tasks/{task}/rounds', { path: { task: task.id } }),
    done: ({ number }) => `Round ${number} begins.`,
    changes: [...CHANGES, '/tasks/{task}/rounds'],
  })
  const change = useAct<Pick<ChangeTaskRequest, 'status'>, TaskView>({
    does: (api, body) => api.patch('/tasks/{task}', { path: { task: task.id }, body }),
    done: ({ status }) => `${task.id} is ${status}.`,
    changes: CHANGES,
  })
  const finished = task.status === 'finished' ? 'The task is finished.' : undefined
  const close = () => setAsking(undefined)
  return (
    <>
      <ActButton
        tone="primary"
        needs="operator"
        unless={whyNoTrigger(task)}
        busy={trigger.isPending}
        onClick={() =>
          trigger.mutate(undefined, { onSuccess: ({ number }) => go(`/tasks/${task.id}/rounds/${number}`) })
        }
      >
        Trigger a round
      </ActButton>
      {task.status === 'paused' ? (
        <ActButton
          needs="operator"
          busy={change.isPending}
          onClick={() => change.mutate({ status: 'active' })}
        >
          Resume
        </ActButton>
      ) : (
        <ActButton
          needs="operator"
          unless={finished}
          busy={change.isPending}
          onClick={() => change.mutate({ status: 'paused' })}
        >
          Pause
        </ActButton>
      )}
      <ActButton needs="operator" unless={finished} onClick={() => setAsking('reschedule')}>
        Reschedule
      </ActButton>
      <ActButton tone="danger" needs="operator" unless={finished} onClick={() => setAsking('finish')}>
        Finish
      </ActButton>
      {asking === 'reschedule' && <Reschedule task={task} onClose={close} />}
      {asking === 'finish' && (
        <ConfirmDialog
          title={`Finish ${task.id}?`}
          act="Finish task"
          busy={change.isPending}
          onConfirm={() => change.mutate({ status: 'finished' }, { onSettled: close })}
          onClose={close}
        >
          <p>
            No round begins any more, and a finished task cannot be resumed.
            {task.openRound && ` Round ${task.openRound.number}, which goes on, is abandoned.`} Its versions
            stay and can be downloaded.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

const whyNoTrigger = ({ status, openRound, latestModel }: TaskView): string | undefined => {
  if (status === 'finished') return 'The task is finished.'
  if (status === 'paused') return 'The task is paused: resume it first.'
  if (openRound) return `Round ${openRound.number} goes on.`
  if (!latestModel) return 'There is no version yet: import its first weights.'
  return undefined
}
