import { expect, test } from 'vitest'
import { aMember } from '../../live/views.builders.ts'
import { meansSoFar } from './means-so-far.ts'

const received = (digit: string, examples: number | undefined, metrics: Record<string, number>) =>
  aMember(digit, { status: 'received', bytes: 1, metrics, ...(examples !== undefined && { examples }) })

test('means so far are weighted by examples, each metric over those that have it', () => {
  expect(
    meansSoFar([
      received('1', 10, { loss: 1 }),
      received('2', 30, { loss: 2, accuracy: 0.5 }),
      received('3', undefined, { loss: 99 }),
      aMember('4'),
    ]),
  ).toEqual({ loss: 1.75, accuracy: 0.5 })
})
