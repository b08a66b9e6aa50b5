import { expect, test } from 'vitest'
import { progressLine } from './run-progress.ts'

const textOf = (...given: Parameters<typeof progressLine>) =>
  progressLine(...given)
    .map(([text]) => text)
    .join('')

test('says how far, how good, how fast and how long yet', () => {
  const rounds = [
    { outcome: 'completed', received: 10, seconds: 2, accuracy: 0.5 },
    { outcome: 'abandoned', received: 2, seconds: 4 },
    { outcome: 'completed', received: 12, seconds: 2, accuracy: 0.75 },
  ] as const
  expect(textOf({ seed: 3, of: 902 }, rounds)).toBe(
    'seed 3  ░░░░░░░░░░░░░░░░  round 2 of 902  accuracy 75.00 %  ▁█  0.3 rounds/s  3.0 clients/s  1:00:00 left',
  )
  expect(textOf({ seed: 3, of: 4 }, rounds)).toContain('0:08 left')
})

test('promises nothing before a round has completed', () => {
  expect(textOf({ seed: 1, of: 2 }, [])).toBe('seed 1  ░░░░░░░░░░░░░░░░  round 0 of 2')
  const vain = { outcome: 'abandoned', received: 0, seconds: 1 } as const
  expect(textOf({ seed: 1, of: 2 }, [vain])).toBe('seed 1  ░░░░░░░░░░░░░░░░  round 0 of 2')
})
