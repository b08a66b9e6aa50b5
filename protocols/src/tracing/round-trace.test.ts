import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { RoundId } from '../ids.ts'
import { isSampled, parseTraceparent, spanIdOf, traceIdOf, traceparentOf } from './round-trace.ts'

const round = RoundId.parse('digits.3')
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('a round’s trace follows from the coordinator and the round, as another implementation has it', () => {
  const traceId = traceIdOf('coordinator-1', round)
  expect(traceId).toBe(sha256('tributary trace v1\ncoordinator-1\ndigits.3').slice(0, 32))
  expect(spanIdOf(traceId, 'training')).toBe(sha256(`tributary span v1\n${traceId}\ntraining`).slice(0, 16))
  expect(traceIdOf('coordinator-2', round)).not.toBe(traceId)
  expect(traceIdOf('coordinator-1', RoundId.parse('digits.4'))).not.toBe(traceId)
})

test('a traceparent comes back as it went', () => {
  for (const sampled of [true, false]) {
    const context = { traceId: traceIdOf('c', round), spanId: '00f067aa0ba902b7', sampled }
    expect(parseTraceparent(traceparentOf(context))).toEqual(context)
  }
})

const ID = '4bf92f3577b34da6a3ce929d0e0e4736'
const SPAN = '00f067aa0ba902b7'

test.each([
  '',
  `00-${ID}-${SPAN}`,
  `00-${ID}-${SPAN}-01-more`,
  `ff-${ID}-${SPAN}-01`,
  `00-${ID.toUpperCase()}-${SPAN}-01`,
  `00-${'0'.repeat(32)}-${SPAN}-01`,
  `00-${ID}-${'0'.repeat(16)}-01`,
  `00-${ID}${ID}-${SPAN}-01`,
  ` 00-${ID}-${SPAN}-01`,
  `00-${ID}-${SPAN}-01\n`,
])('%j is no traceparent', (text) => {
  expect(parseTraceparent(text)).toBeUndefined()
})

test('a later version may say more, and its flags may have bits that are not known', () => {
  expect(parseTraceparent(`01-${ID}-${SPAN}-03-more`)).toEqual({ traceId: ID, spanId: SPAN, sampled: true })
  expect(parseTraceparent(`00-${ID}-${SPAN}-02`)).toMatchObject({ sampled: false })
})

test('of many traces the ratio that is asked for is kept, and who keeps more keeps those too', () => {
  const ids = Array.from({ length: 4_000 }, (_, n) => traceIdOf('c', RoundId.parse(`digits.${n + 1}`)))
  expect(ids.filter((id) => isSampled(id, 0))).toEqual([])
  expect(ids.filter((id) => isSampled(id, 1))).toHaveLength(4_000)
  const quarter = ids.filter((id) => isSampled(id, 0.25))
  expect(Math.abs(quarter.length - 1_000)).toBeLessThan(120) // more than four standard deviations
  expect(quarter.filter((id) => !isSampled(id, 0.5))).toEqual([])
})
