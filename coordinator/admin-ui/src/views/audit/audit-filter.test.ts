import type { AuditRecordView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { actionsOf, detailOf, matching } from './audit-filter.ts'

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

const ENTRIES = [
  anEntry({ sequence: 0, action: 'task.created', subject: 'digits', actor: 'ab12' }),
  anEntry({ sequence: 1 }),
  anEntry({ sequence: 2, action: 'round.abandoned' }),
  anEntry({ sequence: 3, action: 'rounds-of-drinks' }),
]
const sequences = (filter: Parameters<typeof matching>[1]) =>
  matching(ENTRIES, filter).map(({ sequence }) => sequence)

test('a kind of action means all its actions, and no other that begins alike', () =>
  expect(sequences({ action: 'round', actor: '', subject: '' })).toEqual([1, 2]))

test('filters hold together, in any case', () =>
  expect(sequences({ action: '', actor: ' COORD', subject: '.1' })).toEqual([1, 2, 3]))

test('an actor is found by its name too', () => {
  const filter = { action: '', actor: 'grace', subject: '' }
  expect(matching(ENTRIES, filter, new Map([['ab12', 'Grace']])).map(({ sequence }) => sequence)).toEqual([0])
  expect(sequences(filter)).toEqual([])
})

test('without a filter the list is the same list', () =>
  expect(matching(ENTRIES, { action: '', actor: '', subject: '' })).toBe(ENTRIES))

test('kinds stand before their actions', () =>
  expect(actionsOf(ENTRIES)).toEqual([
    'round',
    'round.abandoned',
    'round.completed',
    'rounds-of-drinks',
    'task',
    'task.created',
  ]))

test('details are names and values', () =>
  expect(detailOf(anEntry({ detail: { clients: 12, reason: 'quorum', gone: null } }))).toBe(
    'clients 12 · reason quorum · gone null',
  ))
