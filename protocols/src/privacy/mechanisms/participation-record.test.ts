import fc from 'fast-check'
import { expect, test } from 'vitest'
import { admit, type ParticipationRecord } from './participation-record.ts'

const fresh: ParticipationRecord = { times: 0, last: null }

test('a client takes part no more often than agreed, and keeps its rounds apart, whatever it is asked', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 1, max: 60 })),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 10 }),
      (asked, most, between) => {
        let record = fresh
        const rounds: number[] = []
        for (const round of asked) {
          const admission = admit(record, round, { most, between })
          if (admission.kind === 'refused') continue
          record = admission.record
          rounds.push(round)
        }
        expect(rounds.length).toBeLessThanOrEqual(most)
        rounds.slice(1).forEach((round, i) => {
          expect(round - (rounds[i] ?? 0)).toBeGreaterThan(between)
        })
      },
    ),
  )
})

test('a refusal says why', () => {
  const participation = { most: 2, between: 3 }
  const once: ParticipationRecord = { times: 1, last: 5 }
  expect(admit(once, 8, participation)).toEqual({ kind: 'refused', reason: 'too-soon' })
  expect(admit(once, 5, participation)).toEqual({ kind: 'refused', reason: 'not-a-later-round' })
  expect(admit(once, 9, participation)).toEqual({ kind: 'admitted', record: { times: 2, last: 9 } })
  expect(admit({ times: 2, last: 9 }, 99, participation)).toEqual({
    kind: 'refused',
    reason: 'took-part-often-enough',
  })
})
