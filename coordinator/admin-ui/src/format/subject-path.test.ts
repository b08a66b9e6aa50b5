import { expect, test } from 'vitest'
import { subjectPath } from './subject-path.ts'

test.each([
  ['task.paused', 'digits', '/tasks/digits'],
  ['round.completed', 'digits.12', '/tasks/digits/rounds/12'],
  ['model.published', 'digits/models/4', '/tasks/digits?tab=models'],
  ['client.revoked', `c-${'3f'.repeat(16)}`, `/clients/c-${'3f'.repeat(16)}`],
  ['webhook.created', `wh_${'3f'.repeat(12)}`, `/webhooks/wh_${'3f'.repeat(12)}`],
])('%s of %s is shown at %s', (kind, subject, path) => expect(subjectPath(subject, kind)).toBe(path))

test.each([
  ['backup.made', '2026-01-15.tar'],
  ['coordinator.started', 'digits'],
  ['webhook.deleted', `wh_${'3f'.repeat(12)}`],
  ['task.paused', '//elsewhere.example'],
  ['round.completed', 'javascript:alert(1).1'],
])('%s of %s leads nowhere', (kind, subject) => expect(subjectPath(subject, kind)).toBeUndefined())
