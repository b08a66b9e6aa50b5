import { TaskId } from '@tributary/protocols'
import { AlertKind } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { alertLink } from './alert-link.ts'

test.each(AlertKind.options)('an alert of %s leads somewhere, with a task and without', (kind) => {
  expect(alertLink({ kind, task: null }).to).toMatch(/^\/[a-z]/)
  expect(alertLink({ kind, task: TaskId.parse('digits') }).to).toMatch(/^\/[a-z]/)
})

test('what is about a task leads to the part of it that says more', () =>
  expect(alertLink({ kind: 'privacy-budget', task: TaskId.parse('digits') })).toEqual({
    to: '/tasks/digits?tab=privacy',
    name: 'digits',
  }))
