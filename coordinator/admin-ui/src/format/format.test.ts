import { expect, test } from 'vitest'
import { formatBytes } from './bytes.ts'
import { csvOf } from './csv.ts'
import { formatDuration, formatFromNow } from './duration.ts'
import { formatCount, formatMeasure, formatPercent, plural } from './number.ts'
import { shortId } from './short-id.ts'
import { formatTime, formatUtc } from './time.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1_000, '1 kB'],
  [1_234_567, '1.23 MB'],
  [999_999, '1 MB'],
  [5e15, '5 PB'],
  [5e18, '5000 PB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test.each([
  [0, '0 ms'],
  [850, '850 ms'],
  [4_210, '4.2 s'],
  [9_960, '10 s'],
  [59_600, '1 min'],
  [200_000, '3 min 20 s'],
  [7_500_000, '2 h 5 min'],
  [273_600_000, '3 d 4 h'],
  [-12_000, '−12 s'],
])('%d ms are %s', (ms, text) => {
  expect(formatDuration(ms)).toBe(text)
})

test.each([
  [0, 'now'],
  [-12_400, '12 s ago'],
  [185_000, 'in 3 min'],
  [-7_300_000, '2 h ago'],
  [-300_000_000, '3 days ago'],
])('%d ms from now is %s', (ms, text) => {
  expect(formatFromNow(ms)).toBe(text)
})

test.each([
  [0, '0'],
  [0.873_149, '0.8731'],
  [12.4, '12.4'],
  [1.2e-7, '1.2e-7'],
  [123_456.7, '123,457'],
  [4.2e12, '4.2e12'],
  [Number.NaN, 'not a number'],
  [Number.NEGATIVE_INFINITY, '−∞'],
])('a measured %d reads %s', (value, text) => {
  expect(formatMeasure(value)).toBe(text)
})

test('a fraction is whole only when it is', () => {
  expect([0, 0.29, 0.999, 1].map(formatPercent)).toEqual(['0%', '29%', '99%', '100%'])
})

test('counts are grouped, and one of a thing is one thing', () => {
  expect(formatCount(10_482)).toBe('10,482')
  expect([plural(1, 'round'), plural(1_200, 'round'), plural(2, 'entry', 'entries')]).toEqual([
    '1 round',
    '1,200 rounds',
    '2 entries',
  ])
})

test('a moment reads in the zone of the reader, and its instant is UTC', () => {
  expect(formatTime('2026-11-26T22:10:05.123Z', 'Asia/Tokyo')).toBe('27 Nov 2026, 07:10:05')
  expect(formatUtc('2026-11-26T22:10:05.123Z')).toBe('2026-11-26 22:10:05.123 UTC')
})

test('long hexadecimal ids are cut, others are not', () => {
  expect(shortId(`c-${'3f9a12bc'.repeat(4)}`)).toBe('c-3f9a12bc…')
  expect(shortId(`sha256:${'9d41aa07'.repeat(8)}`)).toBe('sha256:9d41aa07…')
  expect(shortId('digits.12')).toBe('digits.12')
})

test('CSV quotes what must be quoted, and no cell is a formula', () => {
  expect(
    csvOf([
      ['name', 'loss'],
      ['a "b", c', 0.5],
      ['=HYPERLINK("x")', null],
      ['-1+2', -1],
    ]),
  ).toBe('name,loss\r\n"a ""b"", c",0.5\r\n"\'=HYPERLINK(""x"")",\r\n\'-1+2,-1\r\n')
})
