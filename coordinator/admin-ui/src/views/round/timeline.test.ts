import { expect, test } from 'vitest'
import { aMember, aTraining } from '../../live/views.builders.ts'
import { laneOf, marksOf, momentOf, shareAt, spanOf } from './lane-geometry.ts'
import { byAttention, countStages, stageOf } from './member-stage.ts'

const START = Date.parse('2026-03-01T09:30:00.000Z')
const at = (seconds: number) => new Date(START + seconds * 1_000).toISOString()
const span = { from: START, to: START + 100_000 }

test('a round that goes on is drawn to its deadline, and beyond it once that is past', () => {
  const round = { ...aTraining(), startedAt: at(0), deadlineAt: at(100) }
  expect(spanOf(round, START + 40_000)).toEqual(span)
  expect(spanOf(round, START + 130_000).to).toBe(START + 130_000)
})

test('a lane is asked until it answers, then works until it is done', () => {
  const accepted = aMember('a', { status: 'accepted', invitedAt: at(0), acceptedAt: at(10) })
  expect(laneOf(accepted, span, START + 50_000)).toEqual({
    bars: [
      { kind: 'asked', from: 0, to: 0.1 },
      { kind: 'working', from: 0.1, to: 0.5 },
    ],
  })
  const received = aMember('b', {
    status: 'received',
    bytes: 9,
    invitedAt: at(0),
    acceptedAt: at(10),
    receivedAt: at(60),
  })
  expect(laneOf(received, span, START + 90_000)).toMatchObject({
    end: 0.6,
    bars: [{}, { from: 0.1, to: 0.6 }],
  })
  const declined = aMember('c', { status: 'declined', reason: 'busy', invitedAt: at(0), since: at(20) })
  expect(laneOf(declined, span, START + 90_000)).toEqual({
    bars: [{ kind: 'asked', from: 0, to: 0.2 }],
    end: 0.2,
  })
})

test('a lane of which nothing was kept is empty, and an invitation from before the round is held to its edge', () => {
  expect(laneOf(aMember('a', { status: 'declined', reason: 'busy' }), span, START)).toEqual({ bars: [] })
  expect(laneOf(aMember('a', { status: 'invited', invitedAt: at(-500) }), span, START + 10_000).bars).toEqual(
    [{ kind: 'asked', from: 0, to: 0.1 }],
  )
  expect([shareAt(span, START - 5), shareAt(span, START + 1e9)]).toEqual([0, 1])
})

test('marks are round times, few enough to read', () => {
  expect(marksOf(span)).toEqual([0, 30_000, 60_000, 90_000])
  expect(marksOf({ from: 0, to: 3_600_000 })).toEqual([0, 6, 12, 18, 24, 30, 36].map((n) => n * 100_000))
})

test('whoever has accepted downloads, trains and sends', () => {
  const with_ = (fraction: number) => aMember('a', { status: 'accepted', progress: { fraction, at: at(1) } })
  expect(
    [aMember('a', { status: 'accepted' }), with_(0.4), with_(1)].map((member) => stageOf(member)),
  ).toEqual(['downloading', 'training', 'sending'])
})

test('what wants attention comes first', () => {
  const members = [
    aMember('1', { status: 'received', bytes: 1, receivedAt: at(10) }),
    aMember('2', { status: 'received', bytes: 1, receivedAt: at(20) }),
    aMember('3', { status: 'accepted', progress: { fraction: 0.9, at: at(1) } }),
    aMember('4', { status: 'accepted', progress: { fraction: 0.1, at: at(1) } }),
    aMember('5', { status: 'declined', reason: 'busy' }),
    aMember('6', { status: 'failed', reason: 'diverged' }),
    aMember('7', { status: 'invited' }),
  ]
  expect(
    members
      .toSorted(byAttention)
      .map(({ client }) => client[2])
      .join(''),
  ).toBe('6743521')
  expect(countStages(members.map((member) => stageOf(member))).get('training')).toBe(2)
})

test('whoever had not sent when the round ended has not finished', () => {
  const over = { over: true }
  expect(stageOf(aMember('a'), over)).toBe('unfinished')
  expect(stageOf(aMember('a', { status: 'failed', reason: 'diverged' }), over)).toBe('failed')
})

test('the quorum is met with the update that makes it so many, whoever is listed first', () => {
  const members = [30, 10, 20].map((seconds, i) =>
    aMember(String(i), { status: 'received', bytes: 1, receivedAt: at(seconds) }),
  )
  expect(momentOf(2, members)).toBe(START + 20_000)
  expect(momentOf(4, members)).toBeUndefined()
})
