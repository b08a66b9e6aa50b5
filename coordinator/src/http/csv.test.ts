import { expect, test } from 'vitest'
import { csvLine } from './csv.ts'

test('cells are parted by commas, and a line ends as RFC 4180 has it', () => {
  expect(csvLine(['a', 1, -0.5, null, undefined, ''])).toBe('a,1,-0.5,,,\r\n')
})

test.each([
  ['a,b', '"a,b"'],
  ['say "hi"', '"say ""hi"""'],
  ['two\r\nlines', '"two\r\nlines"'],
  ['日本', '日本'],
])('%j is quoted where it has to be', (cell, field) => {
  expect(csvLine([cell])).toBe(`${field}\r\n`)
})

test.each([
  '=1+1',
  '+1',
  '-1',
  '@SUM(A1)',
  '\t=1',
  '\r=1',
  '\n=1',
  '＝1+1',
  '＠SUM(A1)',
  '=HYPERLINK("http://x","y")',
])('%j is no formula', (cell) => {
  expect(csvLine([cell]).replace(/^"/, '')).toMatch(/^'/)
})
