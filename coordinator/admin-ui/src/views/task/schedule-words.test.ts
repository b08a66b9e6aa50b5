import type { TaskSummary } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { aTask, aTraining } from '../../live/views.builders.ts'
import { scheduleInWords, whyNoNextRound } from './schedule-words.ts'

const cron = (expression: string) => ({ kind: 'cron', expression, timeZone: 'Europe/Paris' }) as const

test.each([
  [{ kind: 'manual' } as const, 'by hand'],
  [{ kind: 'continuous', pauseSeconds: 0 } as const, 'one after the other'],
  [{ kind: 'continuous', pauseSeconds: 300 } as const, '5 min after the last'],
  [cron('0 3 * * *'), 'every day at 03:00 (Europe/Paris)'],
  [cron('*/15 * * * *'), 'every 15 min (Europe/Paris)'],
  [cron('5 * * * *'), 'every hour at :05 (Europe/Paris)'],
  [cron('30 22 * * 1'), 'every Monday at 22:30 (Europe/Paris)'],
  // Every seven minutes of an hour is not every seven minutes.
  [cron('*/7 * * * *'), '*/7 * * * * (Europe/Paris)'],
  [cron('0 3 1 * *'), '0 3 1 * * (Europe/Paris)'],
  [cron('0 0 3 * * *'), '0 0 3 * * * (Europe/Paris)'],
])('%j is %s', (schedule, words) => {
  expect(scheduleInWords(schedule)).toBe(words)
})

test('a task that begins no round by itself says why', () => {
  const continuous = { kind: 'continuous', pauseSeconds: 0 } as const
  const latestModel = { version: 1 } as NonNullable<TaskSummary['latestModel']>
  expect(whyNoNextRound(aTask())).toBe('once its first weights are imported')
  expect(whyNoNextRound(aTask({ latestModel }))).toBe('when somebody triggers it')
  expect(whyNoNextRound(aTask({ status: 'paused', schedule: continuous }))).toBe('none while paused')
  expect(whyNoNextRound(aTask({ status: 'finished' }))).toBe('none: the task is finished')
  expect(
    whyNoNextRound(aTask({ latestModel, schedule: continuous, openRound: aTraining({ number: 7 }) })),
  ).toBe('after round 7')
  expect(whyNoNextRound(aTask({ nextRoundAt: '2026-03-01T10:00:00.000Z' }))).toBeUndefined()
})
