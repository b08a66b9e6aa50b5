import { expect, test } from 'vitest'
import { readKillFlags, USAGE } from './kill-flags.ts'

test('says what it can be told instead of doing it, whatever else stands there', () => {
  expect(readKillFlags(['--help'])).toEqual({ kind: 'help' })
  expect(readKillFlags(['--count', '3', '--help'])).toEqual({ kind: 'help' })
})

test('names every flag that it takes in its help', () => {
  const read = readKillFlags([])
  if (read.kind !== 'run') throw new Error(read.kind)
  for (const flag of Object.keys(read.flags)) expect(USAGE).toContain(`--${flag} `)
})

test.each([
  [['--cuont', '3'], '--cuont'],
  [['--count', '0'], 'a whole number from 1 up, not 0'],
  [['--count', 'many'], 'not many'],
  [['--store', 'paper'], 'one of sqlite, postgres, not paper'],
  [['--privacy', 'none'], 'one of sealed, secure-aggregation, both, not none'],
  [['--sweep', 'slow'], 'one of thorough, quick, not slow'],
])('%j is wrong, and it says why', (args, why) => {
  expect(readKillFlags(args)).toEqual({ kind: 'wrong', why: expect.stringContaining(why) })
})
