import { useFormContext, useWatch } from 'react-hook-form'
import { Field, type Mistaken } from '../../ui/field.tsx'
import type { ScheduleValues } from './schedule-values.ts'

const asNumber = { valueAsNumber: true }

/** When rounds begin, and when there are enough. Within a form whose values have these fields. */
export const ScheduleFields = ({ problem }: { problem: Mistaken | null }) => {
  const { register } = useFormContext<ScheduleValues>()
  const [schedule, stop] = useWatch<ScheduleValues, ['schedule', 'stop']>({ name: ['schedule', 'stop'] })
  return (
    <>
      <Field label="Rounds begin" at="schedule.kind" problem={problem}>
        {(given) => (
          <select {...given} {...register('schedule')}>
            <option value="manual">when somebody triggers them</option>
            <option value="continuous">one after the other</option>
            <option value="cron">at set times</option>
          </select>
        )}
      </Field>
      {schedule === 'continuous' && (
        <Field label="Pause between rounds, seconds" at="schedule.pauseSeconds" problem={problem}>
          {(given) => (
            <input type="number" min={0} step="any" {...given} {...register('pauseSeconds', asNumber)} />
          )}
        </Field>
      )}
      {schedule === 'cron' && (
        <>
          <Field
            label="Cron expression"
            help="minute hour day month weekday; 0 3 * * * is every day at 03:00"
            at="schedule.expression"
            problem={problem}
          >
            {(given) => <input {...given} {...register('cron')} />}
          </Field>
          <Field label="Time zone" at="schedule.timeZone" problem={problem}>
            {(given) => <input {...given} {...register('timeZone')} />}
          </Field>
        </>
      )}
      <Field label="The task is finished" at="stop.kind" problem={problem}>
        {(given) => (
          <select {...given} {...register('stop')}>
            <option value="never">by hand</option>
            <option value="completed-rounds">after so many completed rounds</option>
          </select>
        )}
      </Field>
      {stop === 'completed-rounds' && (
        <Field label="Completed rounds" at="stop.rounds" problem={problem}>
          {(given) => <input type="number" min={1} {...given} {...register('stopRounds', asNumber)} />}
        </Field>
      )}
    </>
  )
}
