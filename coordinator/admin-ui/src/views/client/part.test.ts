import { ClientId, TaskId } from '@tributary/protocols'
import type { ClientRoundView, MemberView } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { partOf, saidOf, tookMs } from './part.ts'

const client = ClientId.parse(`c-${'a'.repeat(32)}`)
const invitedAt = '2026-01-15T12:00:00.000Z'
const receivedAt = '2026-01-15T12:00:09.000Z'

const aPart = (member: MemberView, outcome: ClientRoundView['outcome'] = 'open'): ClientRoundView => ({
  task: TaskId.parse('digits'),
  number: 3,
  openedAt: invitedAt,
  outcome,
  member,
})

test('who is still awaited is at work, and was too late once the round is over', () => {
  const member: MemberView = { client, status: 'accepted' }
  expect(partOf(aPart(member)).word).toBe('at work')
  expect(partOf(aPart(member, 'completed')).word).toBe('too late')
})

test('a failure says why, in words', () => {
  expect(partOf(aPart({ client, status: 'failed', reason: 'training-error' })).word).toBe(
    'failed: training error',
  )
})

test('a part lasts from the invitation to its last change', () => {
  expect(tookMs({ client, status: 'received', bytes: 1, invitedAt, receivedAt })).toBe(9_000)
  expect(tookMs({ client, status: 'accepted', invitedAt })).toBeNull()
})

test('what is hidden under a mask is left out', () => {
  const received: MemberView = { client, status: 'received', bytes: 1, receivedAt }
  expect(saidOf(received)).toBe('')
  expect(saidOf({ ...received, examples: 64, metrics: { loss: 0.21 } })).toBe('64 examples · loss 0.21')
})
