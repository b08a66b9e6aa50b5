import { expect, it } from 'vitest'
import { bytes, type Measure, number, percent, seconds, spreadText } from './number-format.ts'
import { spreadOf } from './statistics.ts'

const plain = (text: string) => text.replaceAll('\u00A0', ' ')

it.each([
  [number(0), '0'],
  [number(12_345.6), '12,346'],
  [number(0.04567), '0.0457'],
  [number(0.0000123), '1.23e-5'],
  [number(1e300), '1.00e+300'],
  [number(undefined), '–'],
  [number(null), 'not finite'],
  [percent(0.9123), '91.2 %'],
  [percent(undefined), '–'],
  [seconds(90), '90 s'],
  [seconds(90.5 * 60), '90.5 min'],
  [seconds(10_800), '3 h'],
  [bytes(999), '999 B'],
  [bytes(31_400), '31.4 kB'],
  [bytes(2e15), '2 PB'],
])('%s is written as %s', (text, written) => {
  expect(plain(text)).toBe(written)
})

it.each<[readonly number[], Measure, string]>([
  [[0.9, 0.91, 0.92], 'share', '91.0 ± 1.0 %'],
  [[0.9], 'share', '90 %'],
  [[0.904], 'share', '90.4 %'],
  [[1_200_000, 1_400_000], 'bytes', '1.30 ± 0.14 MB'],
  [[300, 420], 'seconds', '6.00 ± 1.41 min'],
  [[1_234, 1_236], 'number', '1,235 ± 1'],
  [[], 'number', '–'],
])('seeds with %j (%s) are %s', (values, measure, written) => {
  expect(plain(spreadText(spreadOf(values), measure))).toBe(written)
})
