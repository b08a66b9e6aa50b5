import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decideRange } from './byte-range.ts'

const part = (start: number, end: number) => ({ kind: 'part', range: { start, end } })
const whole = { kind: 'whole' }
const unsatisfiable = { kind: 'unsatisfiable' }

describe('of ten bytes', () => {
  test.each([
    ['bytes=0-0', part(0, 0)],
    ['bytes=2-5', part(2, 5)],
    ['bytes=2-', part(2, 9)],
    ['bytes=2-99', part(2, 9)],
    ['bytes=-3', part(7, 9)],
    ['bytes=-99', part(0, 9)],
    ['BYTES=1-2', part(1, 2)],
    ['bytes=10-', unsatisfiable],
    ['bytes=10-12', unsatisfiable],
    ['bytes=-0', unsatisfiable],
    ['bytes=5-2', whole],
    ['bytes=-', whole],
    ['bytes=0-1,3-4', whole],
    ['bytes=a-b', whole],
    ['items=0-1', whole],
    ['', whole],
    [undefined, whole],
  ])('%j gives %j', (header, decision) => {
    expect(decideRange(header, 10)).toEqual(decision)
  })
})

test('no byte of nothing can be asked for', () => {
  expect(decideRange('bytes=0-', 0)).toEqual(unsatisfiable)
  expect(decideRange('bytes=-1', 0)).toEqual(unsatisfiable)
  expect(decideRange(undefined, 0)).toEqual(whole)
})

test('a range lies within the bytes, whatever is asked', () => {
  const aNumber = fc.oneof(
    fc.nat({ max: 20 }).map(String),
    fc.bigInt({ min: 0n }).map(String),
    fc.constant(''),
  )
  fc.assert(
    fc.property(aNumber, aNumber, fc.nat({ max: 20 }), (first, last, bytes) => {
      const decision = decideRange(`bytes=${first}-${last}`, bytes)
      if (decision.kind !== 'part') return
      const { start, end } = decision.range
      expect(0 <= start && start <= end && end < bytes).toBe(true)
    }),
  )
})
