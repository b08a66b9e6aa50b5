import { unreachable } from '@tributary/protocols'
import type { Schedule } from '@tributary/protocols/task'
import { Cron } from 'croner'
import type { Mistake } from '../refusal.ts'
import type { Round } from '../round/round.ts'

/** After an abandoned round the next one waits at least this long, so that what made it fail is not met at full speed. */
const AFTER_ABANDONED_MS = 1_000

/**
 * When the schedule begins the next round of a task whose latest round is `latest`; `undefined` where it does not by
 * itself. A time of a cron schedule that was missed while the coordinator was down counts once: it is due at once.
 */
export const nextRoundAt = (
  schedule: Schedule,
  latest: Round | undefined,
  createdAt: number,
): number | undefined => {
  switch (schedule.kind) {
    case 'manual':
      return undefined
    case 'continuous': {
      if (!latest) return createdAt
      if (!('endedAt' in latest)) return undefined
      const pauseMs = schedule.pauseSeconds * 1_000
      return latest.endedAt + (latest.phase === 'abandoned' ? Math.max(pauseMs, AFTER_ABANDONED_MS) : pauseMs)
    }
    case 'cron':
      return cron(schedule)
        .nextRun(new Date(latest?.openedAt ?? createdAt))
        ?.getTime()
    default:
      return unreachable(schedule)
  }
}

/** What is wrong with a schedule beyond its shape. */
export const scheduleMistakes = (schedule: Schedule): Mistake[] =>
  schedule.kind === 'cron' ? [...expressionMistakes(schedule), ...timeZoneMistakes(schedule)] : []

type CronSchedule = Extract<Schedule, { kind: 'cron' }>

const expressionMistakes = ({ expression }: CronSchedule): Mistake[] => {
  const mistake = (message: string): Mistake[] => [{ path: 'schedule.expression', message }]
  const fields = expression.trim().split(/\s+/).length
  if (fields !== 5 && fields !== 6)
    return mistake(`a cron expression has five fields, or six with seconds first; this has ${fields}`)
  try {
    // Any instant will do to look from: without a year field, what comes due at all comes due within some years of it.
    const due = cron({ expression, timeZone: 'UTC' }).nextRun(new Date(0))
    return due ? [] : mistake('this cron expression never comes due')
  } catch (error) {
    return mistake(`not a cron expression: ${error instanceof Error ? error.message : error}`)
  }
}

const timeZoneMistakes = ({ timeZone }: CronSchedule): Mistake[] => {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return []
  } catch {
    return [
      {
        path: 'schedule.timeZone',
        message: `${JSON.stringify(timeZone)} is no IANA time zone: give one such as Europe/Berlin, or UTC`,
      },
    ]
  }
}

const cron = ({ expression, timeZone }: Pick<CronSchedule, 'expression' | 'timeZone'>) =>
  new Cron(expression, { timezone: timeZone, paused: true })
