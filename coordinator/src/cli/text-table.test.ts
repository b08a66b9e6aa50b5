import { describe, expect, test } from 'vitest'
import { textFields, textTable } from './text-table.ts'

type Row = { name: string; count: number }
const COLUMNS = [
  { title: 'NAME', text: ({ name }: Row) => name },
  { title: 'COUNT', text: ({ count }: Row) => count, side: 'right' as const },
]
const WIDE = { colour: false, columns: undefined }

describe('a table', () => {
  test('has columns as wide as what stands in them', () => {
    const rows = [
      { name: 'digits', count: 7 },
      { name: 'a', count: 123_456 },
    ]
    expect(textTable(COLUMNS, rows, WIDE)).toBe('NAME     COUNT\ndigits       7\na       123456\n')
  })

  test('fits its screen: the widest columns are cut, to eight characters at least', () => {
    const rows = [{ name: 'x'.repeat(60), count: 7 }]
    const widthAt = (columns: number) =>
      Math.max(
        ...textTable(COLUMNS, rows, { colour: false, columns })
          .split('\n')
          .map((line) => line.length),
      )
    expect(widthAt(40)).toBe(40)
    expect(textTable(COLUMNS, rows, { colour: false, columns: 40 })).toContain(`${'x'.repeat(32)}…      7\n`)
    expect(widthAt(5)).toBe(15)
  })

  test('keeps a row on its line, whatever stands in a cell', () => {
    const rows = [{ name: 'a\nb\u001b[31m\u2028c', count: 1 }]
    expect(textTable(COLUMNS, rows, WIDE)).toBe(`NAME${' '.repeat(8)}COUNT\na b [31m c${' '.repeat(6)}1\n`)
  })

  test('counts characters and not UTF-16 units, and never cuts one in two', () => {
    const rows = [{ name: '🦊'.repeat(12), count: 1 }]
    const [, line = ''] = textTable(COLUMNS, rows, { colour: false, columns: 17 }).split('\n')
    expect(line).toBe(`${'🦊'.repeat(9)}…      1`)
    expect(line.isWellFormed()).toBe(true)
  })
})

test('fields stand under each other; what is undefined is left out', () => {
  expect(
    textFields([
      ['task', 'digits'],
      ['title', undefined],
      ['rounds', 3],
    ]),
  ).toBe('task    digits\nrounds  3\n')
})
