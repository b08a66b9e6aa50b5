import { expect, test } from 'vitest'
import { anAbandoned, aTraining } from '../../live/views.builders.ts'
import { roundsAs } from './round-filters.ts'

test('rounds are shown as the address asks, and all where it asks for nothing known', () => {
  const rounds = [aTraining({ number: 2 }), anAbandoned({ number: 1 })]
  expect(roundsAs('open', rounds)).toEqual([rounds[0]])
  expect(roundsAs('abandoned', rounds)).toEqual([rounds[1]])
  expect(roundsAs('completed', rounds)).toEqual([])
  expect(roundsAs('<script>', rounds)).toEqual(rounds)
})
