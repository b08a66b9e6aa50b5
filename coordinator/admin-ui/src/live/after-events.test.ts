import type { LiveEvent } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { overviewAfter, roundDetailAfter, roundsAfter, taskAfter } from './after-events.ts'
import { aDetail, aMember, anAbandoned, anOverview, aTask, aTraining, saved } from './views.builders.ts'

const AT = '2026-03-01T09:31:00.000Z'

test('a round that begins joins those in flight, its counts follow, and one that ends leaves them', () => {
  const begun = overviewAfter(anOverview({ openRounds: [aTraining({ task: 'fraud' })] }), [
    saved(aTraining()),
  ])
  expect(begun.openRounds).toEqual([aTraining(), aTraining({ task: 'fraud' })])
  const further = overviewAfter(begun, [saved(aTraining({ received: 4 })), saved(aTraining({ received: 5 }))])
  expect(further.openRounds).toEqual([aTraining({ received: 5 }), aTraining({ task: 'fraud' })])
  expect(overviewAfter(further, [saved(anAbandoned())]).openRounds).toEqual([aTraining({ task: 'fraud' })])
})

test('counts of the fleet are replaced', () => {
  const fleet = { enrolled: 9, revoked: 1, withdrawn: 0, online: 4, waiting: 2, working: 2 }
  expect(overviewAfter(anOverview(), [{ type: 'fleet', fleet }])).toEqual(anOverview({ fleet }))
})

test('events about other things leave a view the very same object', () => {
  const others: LiveEvent[] = [saved(aTraining({ task: 'fraud' })), { type: 'audit', sequence: 3 }]
  const detail = aDetail([aMember('a')])
  const task = aTask()
  const rounds = [aTraining()]
  expect(roundDetailAfter(detail, others, AT)).toBe(detail)
  expect(taskAfter(task, others)).toBe(task)
  expect(roundsAfter(rounds, 'digits', others)).toBe(rounds)
})

test('a new round stands first in the list of its task; an old one that the page does not hold stays away', () => {
  const rounds = [aTraining({ number: 8 }), anAbandoned({ number: 7 })]
  const events = [
    saved(aTraining({ number: 9 })),
    saved(anAbandoned({ number: 8 })),
    saved(anAbandoned({ number: 2 })),
  ]
  expect(roundsAfter(rounds, 'digits', events)).toEqual([
    aTraining({ number: 9 }),
    anAbandoned({ number: 8 }),
    anAbandoned({ number: 7 }),
  ])
})

test('a task knows its open round for as long as it is open', () => {
  const open = taskAfter(aTask(), [saved(aTraining({ number: 3 }))])
  expect(open).toEqual(aTask({ openRound: aTraining({ number: 3 }), latestRound: aTraining({ number: 3 }) }))
  expect(taskAfter(open, [saved(anAbandoned({ number: 3 }))])).toEqual(
    aTask({ openRound: null, latestRound: anAbandoned({ number: 3 }) }),
  )
})

test('members are replaced in their places and new ones stand in the order of their ids', () => {
  const { id } = aTraining()
  const before = aDetail([aMember('a'), aMember('c')])
  const after = roundDetailAfter(
    before,
    [
      { type: 'members', round: id, members: [aMember('c', { status: 'accepted' }), aMember('b')] },
      { type: 'progress', round: id, clients: [{ client: aMember('c').client, fraction: 0.4 }] },
    ],
    AT,
  )
  const progress = { fraction: 0.4, at: AT }
  expect(after).toEqual(aDetail([aMember('a'), aMember('b'), aMember('c', { status: 'accepted', progress })]))
  expect(after.members[0]).toBe(before.members[0])
})

test('a saved part that says nothing of progress leaves what was known of it', () => {
  const progress = { fraction: 0.9, at: AT }
  const before = aDetail([aMember('a', { status: 'accepted', progress })])
  const failed = aMember('a', { status: 'failed', reason: 'training-failed' } as never)
  const after = roundDetailAfter(before, [{ type: 'members', round: before.id, members: [failed] }], AT)
  expect(after.members).toEqual([{ ...failed, progress }])
})
