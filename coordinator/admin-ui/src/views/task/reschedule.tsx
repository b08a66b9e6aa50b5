import type { TaskView } from '@tributary/protocols/rest'
import { FormProvider, useForm } from 'react-hook-form'
import { useAct } from '../../api/use-rest.ts'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
import { FormProblem } from '../../ui/field.tsx'
import { ScheduleFields } from '../tasks/schedule-fields.tsx'
import { type ScheduleValues, scheduleOf, stopOf, valuesOfSchedule } from '../tasks/schedule-values.ts'

/** Another schedule and stop rule for a task. What the coordinator finds wrong shows in the dialog. */
export const Reschedule = ({ task, onClose }: { task: TaskView; onClose: () => void }) => {
  const { schedule, stop } = task.file
  const form = useForm<ScheduleValues>({ defaultValues: valuesOfSchedule(schedule, stop) })
  const change = useAct({
    does: (api, values: ScheduleValues) =>
      api.patch('/tasks/{task}', {
        path: { task: task.id },
        body: { schedule: scheduleOf(values), stop: stopOf(values) },
      }),
    done: () => `${task.id} is rescheduled.`,
    changes: ['/tasks/{task}', '/tasks', '/overview'],
    quiet: true,
  })
  return (
    <FormProvider {...form}>
      <ConfirmDialog
        title={`Reschedule ${task.id}`}
        act="Reschedule"
        tone="primary"
        busy={change.isPending}
        onConfirm={() => change.mutate(form.getValues(), { onSuccess: onClose })}
        onClose={onClose}
      >
        {task.openRound && <p className="help">Round {task.openRound.number} goes on as it is.</p>}
        <ScheduleFields problem={change.error} />
        <FormProblem problem={change.error} at={['schedule', 'stop']} />
      </ConfirmDialog>
    </FormProvider>
  )
}
