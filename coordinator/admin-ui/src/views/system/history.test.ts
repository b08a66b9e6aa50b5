import type { SystemView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { secondsBefore, withReading } from './history.ts'

const second = (count: number) => new Date(Date.UTC(2026, 0, 15, 12, 0, count)).toISOString()

const aReading = (at: number, startedAt = 0): SystemView => ({
  at: second(at),
  version: '1',
  node: 'v24',
  startedAt: second(startedAt),
  storage: {
    database: 'SQLite',
    blobs: 'files',
    databaseBytes: 1,
    modelBytes: 1,
    updateBytes: 1,
    freeBytes: null,
  },
  memory: { rss: 1, heapUsed: 1, external: 1 },
  eventLoopDelayMs: { mean: 1, p99: 1, max: 1 },
  queue: { decisions: 0, uploads: 0 },
  lines: { participants: 0, admins: 0 },
  processes: { tasksDriven: 0, others: 0 },
})

test('readings are kept in their order, each once', () => {
  const history = [aReading(5)]
  expect(withReading(history, aReading(5))).toBe(history)
  expect(withReading(history, aReading(4))).toBe(history)
  expect(secondsBefore(withReading(history, aReading(10)))).toEqual([-5, 0])
})

test('a process that started anew begins a history of its own', () =>
  expect(withReading([aReading(5)], aReading(10, 9))).toEqual([aReading(10, 9)]))

test('an hour is kept', () => {
  const long = Array.from({ length: 800 }, (_, i) => aReading(5 * i)).reduce(withReading, [])
  expect([long.length, secondsBefore(long)[0]]).toEqual([720, -3_595])
})
