import type { TaskSummary } from '@tributary/protocols/rest'
import type { Schedule } from '@tributary/protocols/task'
import { formatDuration } from '../../format/duration.ts'

/** When rounds begin, in a few words. */
export const scheduleInWords = (schedule: Schedule): string => {
  switch (schedule.kind) {
    case 'manual':
      return 'by hand'
    case 'continuous':
      return schedule.pauseSeconds === 0
        ? 'one after the other'
        : `${formatDuration(schedule.pauseSeconds * 1_000)} after the last`
    case 'cron':
      return `${cronInWords(schedule.expression) ?? schedule.expression} (${schedule.timeZone})`
    default: {
      const never: never = schedule
      return never
    }
  }
}

/** Why the schedule begins no round by itself; undefined where it will. */
export const whyNoNextRound = ({
  status,
  schedule,
  openRound,
  latestModel,
  nextRoundAt,
}: Pick<TaskSummary, 'status' | 'schedule' | 'openRound' | 'latestModel' | 'nextRoundAt'>):
  | string
  | undefined => {
  if (nextRoundAt !== null) return undefined
  if (status === 'finished') return 'none: the task is finished'
  if (status === 'paused') return 'none while paused'
  if (!latestModel) return 'once its first weights are imported'
  if (schedule.kind === 'manual') return 'when somebody triggers it'
  return openRound ? `after round ${openRound.number}` : 'as soon as it can'
}

const two = (part: string): string => part.padStart(2, '0')
const isNumber = (part: string | undefined): part is string => part !== undefined && /^\d{1,2}$/.test(part)
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday']

/** The plain shapes of a five-field expression; undefined for any other, which is best read as it is. */
const cronInWords = (expression: string): string | undefined => {
  const [minute, hour, day, month, weekday, more] = expression.trim().split(/\s+/)
  if (more !== undefined || month !== '*' || minute === undefined) return undefined
  const everyDay = day === '*' && weekday === '*'
  const step = /^\*\/(\d{1,2})$/.exec(minute)?.[1]
  if (everyDay && hour === '*') {
    if (minute === '*') return 'every minute'
    if (step && 60 % Number(step) === 0) return `every ${Number(step)} min`
    return isNumber(minute) ? `every hour at :${two(minute)}` : undefined
  }
  if (!isNumber(minute) || !isNumber(hour)) return undefined
  const at = `${two(hour)}:${two(minute)}`
  if (everyDay) return `every day at ${at}`
  if (day === '*' && isNumber(weekday) && DAYS[Number(weekday)])
    return `every ${DAYS[Number(weekday)]} at ${at}`
  return undefined
}
