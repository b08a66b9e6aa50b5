import { afterAll, beforeAll, expect, test } from 'vitest'
import * as z from 'zod/mini'
import { CoordinatorMessage } from './messages/index.ts'
import { problemText } from './problem-text.ts'

// As in a client's bundle, where no language is loaded; other tests of this process may have loaded one.
const { localeError } = z.config()
beforeAll(() => void Object.assign(z.config(), { localeError: undefined }))
afterAll(() => void Object.assign(z.config(), { localeError }))

const problemIn = (value: unknown, schema: z.core.$ZodType = CoordinatorMessage) => {
  const { error } = z.safeParse(schema, value)
  return error && problemText(error)
}

test.each([
  [7, 'object is expected'],
  [{ type: 'dance' }, 'at type: it is none of the kinds that there are'],
  [{ type: 'standby' }, 'at task: string is expected'],
  [
    { type: 'standby', task: 'Digits' },
    'at task: a task id is 1 to 63 of a-z, 0-9 and -, and starts with a letter or digit',
  ],
  [{ type: 'standby', task: 'digits', colour: 1 }, 'there is no such field as colour'],
  [
    { type: 'come-back', task: 'digits', afterMs: -1, reason: 'lunch' },
    'at afterMs: number of at least 0 is expected; at reason: one of enough-clients, no-round-due, task-paused, task-finished, awaiting-model is expected',
  ],
  [
    { type: 'round-ended', round: 'digits.1', outcome: { kind: 'completed', version: 1e10 } },
    'at outcome.version: number of at most 2147483647 is expected',
  ],
])('of %j it says: %s', (message, problem) => {
  expect(problemIn(message)).toBe(problem)
})

test('bounds that are not reached, and formats', () => {
  expect(problemIn(0, z.number().check(z.gt(0)))).toBe('number of more than 0 is expected')
  expect(problemIn(1, z.number().check(z.lt(1)))).toBe('number of less than 1 is expected')
  expect(problemIn('x', z.string().check(z.regex(/y/)))).toBe('it is not as it must be (invalid_format)')
  expect(problemIn([], z.array(z.string()).check(z.minLength(1)))).toBe('array of at least 1 is expected')
})
