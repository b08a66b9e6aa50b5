import { expect, test } from 'vitest'
import { nearestName } from './nearest-name.ts'

const names = ['target', 'quorum', 'overSelection', 'by']

test.each([
  ['tarjet', 'target'],
  ['TARGET', 'target'],
  ['traget', 'target'],
  ['overselecton', 'overSelection'],
  ['bz', 'by'],
  ['colour', undefined],
  ['', undefined],
  ['x'.repeat(1_000_000), undefined],
])('%s', (given, meant) => {
  expect(nearestName(given, names)).toBe(meant)
})
