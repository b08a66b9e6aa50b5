import { virtualClock } from '@tributary/protocols/runtime'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { shiftTrainer } from '../participation/participant.builders.ts'
import type { Known } from '../ports/circumstances.ts'
import { type Conditions, checkedConditions } from './conditions.ts'
import { conditionsGate } from './conditions-gate.ts'
import { createCircumstances } from './given-circumstances.ts'
import { circumstantialObjections } from './objections.ts'
import { REOPEN_AFTER_MS, SHUT_AFTER_MS } from './steadiness.ts'

beforeEach(() => void vi.stubEnv('TZ', 'UTC'))
afterEach(() => void vi.unstubAllEnvs())

const START = Date.parse('2026-05-05T12:00:00Z')

const aGate = (given: Conditions, known: Known = {}) => {
  const clock = virtualClock(START)
  const circumstances = createCircumstances(known)
  const conditions = checkedConditions(given, shiftTrainer)
  const told: string[] = []
  const end = conditionsGate({ conditions, circumstances, clock }).watch((shut) => {
    if (shut) expect(shut.by).toBe('conditions')
    told.push(shut ? shut.detail : 'open')
  })
  return {
    clock,
    circumstances,
    conditions,
    told,
    end,
    pass: (ms: number) => clock.advanceTo(clock.now() + ms),
  }
}

test('what it is like at first is told at once', () => {
  expect(aGate({ charging: true }, { charging: true }).told).toEqual(['open'])
  expect(aGate({ charging: true }, { charging: false }).told).toEqual(['the device runs on its battery'])
})

test('a condition that ends shuts it, and one that holds again opens it, each after a while', () => {
  const { circumstances, told, pass } = aGate({ charging: true }, { charging: true })
  circumstances.set({ charging: false })
  pass(SHUT_AFTER_MS - 1)
  expect(told).toEqual(['open'])
  pass(1)
  expect(told).toEqual(['open', 'the device runs on its battery'])
  circumstances.set({ charging: true })
  pass(REOPEN_AFTER_MS - 1)
  expect(told).toHaveLength(2)
  pass(1)
  expect(told.slice(2)).toEqual(['open'])
})

test('a plug that slips for a moment, again and again, changes nothing', () => {
  const { circumstances, told, pass, clock } = aGate({ charging: true }, { charging: true })
  for (let times = 0; times < 100; times++) {
    circumstances.set({ charging: false })
    pass(SHUT_AFTER_MS - 1)
    circumstances.set({ charging: true })
    pass(1)
  }
  expect(told).toEqual(['open'])
  expect(clock.pending()).toBe(0)
})

test('a user who comes back is given way to at once, and is left alone for as long as was asked', () => {
  const { circumstances, told, pass, clock } = aGate({ idle: { seconds: 60 } }, { lastTouch: START - 60_000 })
  circumstances.set({ lastTouch: clock.now() })
  expect(told).toEqual(['open', 'the device is in use: it is to be idle for 60 seconds'])
  // Not every touch is told of; the gate finds the later one when it looks.
  pass(59_999)
  circumstances.set({ lastTouch: clock.now() })
  pass(60_000 + REOPEN_AFTER_MS - 1)
  expect(told).toHaveLength(2)
  pass(1)
  expect(told.at(-1)).toBe('open')
})

test('hours open and shut it with one timer, and without a circumstance that changes', () => {
  const { told, clock } = aGate({ hours: [{ from: '22:00', to: '06:00' }] })
  const seen: [string, number][] = []
  for (let steps = 0; steps < 60; steps++) {
    expect(clock.pending()).toBe(1)
    clock.step()
    if (told.length > seen.length + 1) seen.push([told.at(-1) ?? '', clock.now()])
  }
  expect(seen.slice(0, 3).map(([what, at]) => [what.slice(0, 18), new Date(at).toISOString()])).toEqual([
    ['open', '2026-05-05T22:00:05.000Z'],
    ['it is not the hour', '2026-05-06T06:00:00.000Z'],
    ['open', '2026-05-06T22:00:05.000Z'],
  ])
})

test('why it is shut is told anew when that changes', () => {
  const { circumstances, told } = aGate(
    { charging: true, page: 'hidden' },
    { charging: false, page: 'visible' },
  )
  circumstances.set({ page: 'hidden' })
  circumstances.set({ online: true })
  expect(told).toEqual([
    'the page is visible, and is to be hidden; the device runs on its battery',
    'the device runs on its battery',
  ])
})

test('when the watching ends nothing is left of it', () => {
  const { circumstances, told, end, clock } = aGate(
    { charging: true, idle: { seconds: 60 } },
    { charging: true, lastTouch: START },
  )
  end()
  end()
  circumstances.set({ charging: false })
  expect(told).toHaveLength(1)
  expect(clock.pending()).toBe(0)
})

test('whatever happens, it is never open for longer than the patience while a condition does not hold, and opens in the end where all hold', () => {
  const change = fc.record(
    {
      charging: fc.boolean(),
      page: fc.constantFrom('visible' as const, 'hidden' as const),
      touch: fc.boolean(),
      waitMs: fc.integer({ min: 0, max: 90_000 }),
    },
    { requiredKeys: ['waitMs'] },
  )
  fc.assert(
    fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
      const { clock, circumstances, conditions, told, pass } = aGate(
        { charging: true, page: 'hidden', idle: { seconds: 30 } },
        { charging: true, page: 'hidden', lastTouch: START },
      )
      let against: number | undefined
      const look = () => {
        const { objections } = circumstantialObjections(conditions, circumstances.known(), clock.now())
        against = objections.length > 0 ? (against ?? clock.now()) : undefined
        const lasts = against !== undefined && clock.now() - against >= SHUT_AFTER_MS
        if (lasts) expect(told.at(-1)).not.toBe('open')
      }
      for (const { waitMs, touch, ...known } of changes) {
        circumstances.set({ ...known, ...(touch && { lastTouch: clock.now() }) })
        look()
        pass(waitMs)
        look()
      }
      circumstances.set({ charging: true, page: 'hidden' })
      pass(30_000 + REOPEN_AFTER_MS)
      expect(told.at(-1)).toBe('open')
    }),
    { numRuns: 300 },
  )
})
