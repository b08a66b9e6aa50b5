import { expect, test } from 'vitest'
import { anAbandoned, aTraining } from '../../live/views.builders.ts'
import { type Step, sessionSteps, stepsOf } from './steps.ts'

const said = (steps: readonly Step[]) => steps.map(({ name, state }) => `${name} ${state}`)

test('a round that goes on has a step behind it, one it is in, and some ahead', () => {
  expect(said(stepsOf(aTraining()))).toEqual([
    'selecting done',
    'training now',
    'aggregating ahead',
    'completed ahead',
  ])
})

test('an abandoned round ends where it was abandoned', () => {
  const tally = { invited: 0, accepted: 0, declined: 0, failed: 0, received: 0 }
  expect(said(stepsOf({ ...anAbandoned(), tally }))).toEqual(['selecting done', 'abandoned failed'])
  expect(said(stepsOf(anAbandoned()))).toEqual(['selecting done', 'training done', 'abandoned failed'])
})

test('survivors are confirmed only where the task asks for it', () => {
  expect(said(sessionSteps('masking', { confirmed: false }))).toEqual([
    'advertising keys done',
    'sharing secrets done',
    'masking: clients train now',
    'unmasking the sum ahead',
  ])
  expect(sessionSteps('masking', { confirmed: true })).toHaveLength(5)
})
