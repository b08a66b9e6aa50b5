import type { Schedule, StopRule } from '@tributary/protocols/task'

/** A schedule and stop rule as a form holds them: all their fields, whichever are in use. */
export type ScheduleValues = {
  schedule: Schedule['kind']
  pauseSeconds: number
  cron: string
  timeZone: string
  stop: StopRule['kind']
  stopRounds: number
}

export const defaultSchedule = (): ScheduleValues => ({
  schedule: 'manual',
  pauseSeconds: 60,
  cron: '0 3 * * *',
  timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  stop: 'never',
  stopRounds: 100,
})

export const valuesOfSchedule = (schedule: Schedule, stop: StopRule): ScheduleValues => ({
  ...defaultSchedule(),
  schedule: schedule.kind,
  ...(schedule.kind === 'continuous' && { pauseSeconds: schedule.pauseSeconds }),
  ...(schedule.kind === 'cron' && { cron: schedule.expression, timeZone: schedule.timeZone }),
  stop: stop.kind,
  ...(stop.kind === 'completed-rounds' && { stopRounds: stop.rounds }),
})

export const scheduleOf = ({ schedule, pauseSeconds, cron, timeZone }: ScheduleValues): Schedule => {
  switch (schedule) {
    case 'manual':
      return { kind: 'manual' }
    case 'continuous':
      return { kind: 'continuous', pauseSeconds }
    case 'cron':
      return { kind: 'cron', expression: cron, timeZone }
    default: {
      const never: never = schedule
      return never
    }
  }
}

export const stopOf = ({ stop, stopRounds }: ScheduleValues): StopRule =>
  stop === 'never' ? { kind: 'never' } : { kind: 'completed-rounds', rounds: stopRounds }
