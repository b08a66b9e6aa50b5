import { expect, test } from 'vitest'
import { TaskId } from '../ids.ts'
import {
  ChangeTaskRequest,
  EnrolmentSecret,
  PageQuery,
  Problem,
  problemType,
  problemWord,
  RoundParam,
  restPaths,
  roundOfPath,
  Timestamp,
  timestampOf,
  VersionParam,
} from './index.ts'
import { AbandonRoundRequest, TriggerRoundRequest } from './rounds.ts'

const digits = TaskId.parse('digits')

test('a round is named in a path by its id or by its number', () => {
  expect(roundOfPath(digits, RoundParam.parse('12'))).toBe('digits.12')
  expect(roundOfPath(digits, RoundParam.parse('digits.12'))).toBe('digits.12')
})

test("the id of another task's round names no round of this one", () => {
  expect(roundOfPath(digits, RoundParam.parse('letters.12'))).toBeUndefined()
})

test.each(['0', '-1', '1.05', 'digits.0', 'digits.', '.1', 'a.b.1', '1e3', ''])(
  '%j names no round',
  (text) => {
    expect(RoundParam.safeParse(text).success).toBe(false)
  },
)

test('a version in a path is a whole number from 1 that fits 31 bits', () => {
  expect(VersionParam.parse('7')).toBe(7)
  for (const text of ['0', '01', '1.0', '2147483648', 'latest'])
    expect(VersionParam.safeParse(text).success, text).toBe(false)
})

test('times are ISO 8601 in UTC, to the millisecond', () => {
  expect(timestampOf(1_772_357_400_123.7)).toBe('2026-03-01T09:30:00.123Z')
  expect(Timestamp.safeParse('2026-03-01T09:30:00+01:00').success).toBe(false)
})

test('a page holds 50 items where nothing is asked for, and 200 at most', () => {
  expect(PageQuery.parse({})).toEqual({ limit: 50 })
  expect(PageQuery.parse({ limit: '200' })).toEqual({ limit: 200 })
  for (const limit of ['0', '201', '1.5', 'many', ''])
    expect(PageQuery.safeParse({ limit }).success, limit).toBe(false)
})

test('requests that say nothing may leave out their body', () => {
  expect(TriggerRoundRequest.parse(undefined)).toEqual({})
  expect(AbandonRoundRequest.parse(undefined)).toEqual({ reason: '' })
})

test('a change of a task names something to change', () => {
  expect(ChangeTaskRequest.safeParse({}).success).toBe(false)
  expect(ChangeTaskRequest.parse({ status: 'paused' })).toEqual({ status: 'paused' })
})

test('a problem tells its reason word, and a foreign one tells none', () => {
  expect(problemWord({ type: problemType('round-open') })).toBe('round-open')
  expect(problemWord({ type: 'about:blank' })).toBeUndefined()
  const problem = { type: 'about:blank', title: 'Teapot', status: 418, detail: 'No coffee.', instance: '/' }
  expect(Problem.parse(problem)).toEqual(problem)
})

test('an enrolment token is its prefix, id and 256-bit secret', () => {
  const secret = `tre_${'0f'.repeat(12)}_${'A'.repeat(43)}`
  expect(EnrolmentSecret.parse(secret)).toHaveLength(72)
  expect(EnrolmentSecret.safeParse(secret.slice(0, -1)).success).toBe(false)
})

test('paths are those of the interface', () => {
  expect(restPaths.task(digits)).toBe('/api/v1/tasks/digits')
})
