import { spanIdOf, traceIdOf } from '@tributary/protocols/tracing'
import { expect, test } from 'vitest'
import {
  aCompleted,
  anAbandoned,
  anAggregating,
  aPolicy,
  aSelecting,
  aTraining,
} from '../round/round.builders.ts'
import type { Round } from '../round/round.ts'
import { spansOf } from './round-spans.ts'

const policy = aPolicy()
const traceId = traceIdOf('c', aSelecting().id)
const id = (name: string) => spanIdOf(traceId, name)
const between = (before: Round | undefined, round: Round, at = 111_000) =>
  spansOf('c', { before, round, policy, at }).map(({ name, spanId, parentSpanId, startedAt, endedAt }) => ({
    name,
    spanId,
    parentSpanId,
    startedAt,
    endedAt,
  }))

test('each phase is told when it has ended, with the instants that were saved', () => {
  const selected = between(aSelecting(), aTraining())
  const trained = between(aTraining(), anAggregating())
  const aggregated = between(anAggregating(), aCompleted())
  const settled = between(aCompleted(), aCompleted({ debts: 'settled' }))
  const round = id('round')
  expect([...selected, ...trained, ...aggregated, ...settled]).toEqual([
    { name: 'selecting', spanId: id('selecting'), parentSpanId: round, startedAt: 1_000, endedAt: 2_000 },
    { name: 'training', spanId: id('training'), parentSpanId: round, startedAt: 2_000, endedAt: 100_000 },
    {
      name: 'aggregating',
      spanId: id('aggregating'),
      parentSpanId: round,
      startedAt: 100_000,
      endedAt: 110_000,
    },
    {
      name: 'publishing',
      spanId: id('publishing'),
      parentSpanId: round,
      startedAt: 110_000,
      endedAt: 111_000,
    },
    { name: 'round', spanId: round, parentSpanId: undefined, startedAt: 1_000, endedAt: 111_000 },
  ])
})

test('what changes no phase makes no span, and who begins a round or finds it settled makes none either', () => {
  expect(between(undefined, aSelecting())).toEqual([])
  expect(between(aTraining(), aTraining({ received: 1 }))).toEqual([])
  expect(between(aCompleted({ debts: 'settled' }), aCompleted({ debts: 'settled' }))).toEqual([])
})

test('an abandoned round says which phase it was in and why it ended, but no more than the word', () => {
  const abandoned = anAbandoned({ detail: 'client c-1 is to blame' })
  expect(between(aTraining(), abandoned)).toMatchObject([{ name: 'training', endedAt: 602_000 }])
  const [root] = spansOf('c', {
    before: abandoned,
    round: { ...abandoned, debts: 'settled' },
    policy,
    at: 603_000,
  })
  expect(root).toMatchObject({
    name: 'round',
    error: 'no-quorum',
    attributes: { 'tributary.outcome': 'abandoned' },
  })
  expect(JSON.stringify(root)).not.toContain('to blame')
})

test('nothing ends before it begins, whatever the clock does', () => {
  const back = between(aCompleted(), aCompleted({ debts: 'settled' }), 5)
  expect(back.every(({ startedAt, endedAt }) => endedAt >= startedAt)).toBe(true)
})
