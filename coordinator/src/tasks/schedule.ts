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
export const scheduleMistakes = (schedule: Schedule): Mistake[] => {
  if (schedule.kind !== 'cron') return []
  try {
    return cron(schedule).nextRun()
      ? []
      : [{ path: 'schedule.expression', message: 'this cron expression never comes due' }]
  } catch (error) {
    return [
      {
        path: 'schedule.expression',
        message: `not a cron expression and time zone: ${error instanceof Error ? error.message : error}`,
      },
    ]
  }
}

const cron = ({ expression, timeZone }: Extract<Schedule, { kind: 'cron' }>) =>
  new Cron(expression, { timezone: timeZone, paused: true })
