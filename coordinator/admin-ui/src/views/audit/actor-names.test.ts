import type { AuditRecordView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { actorNames } from './actor-names.ts'

const anEntry = (entry: Partial<AuditRecordView>): AuditRecordView => ({
  sequence: 0,
  at: '2026-01-15T12:00:00.000Z',
  actor: 'coordinator',
  action: 'round.completed',
  subject: 'digits.1',
  detail: {},
  previous: '',
  hash: '',
  ...entry,
})

test('tokens are called as they were when they were made, people as they signed in, nobody by what else has a name', () => {
  const names = actorNames([
    anEntry({ action: 'operator-token.created', subject: 'ab12', detail: { name: 'Grace', role: 'admin' } }),
    anEntry({
      action: 'session.opened',
      actor: 'oidc:eve',
      subject: 's1',
      detail: { name: 'Eve', by: 'oidc' },
    }),
    anEntry({ action: 'webhook.created', actor: 'ab12', subject: 'wh_1', detail: { name: 'the chat' } }),
    anEntry({ action: 'operator-token.created', subject: 'cd34', detail: { name: 7 } }),
  ])
  expect([...names]).toEqual([
    ['ab12', 'Grace'],
    ['oidc:eve', 'Eve'],
  ])
})
