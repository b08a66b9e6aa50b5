import type { Signature } from '@tributary/protocols/task'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { rowsOf } from './dataset.builders.ts'
import { type FromCsvOptions, fromCsv, type TextSource } from './from-csv.ts'

const signature: Signature = {
  features: [
    { name: 'x', kind: 'number' },
    { name: 'word', kind: 'category', categories: ['plain', 'a, "b"', 'two\nlines'], encoding: 'index' },
  ],
  labels: { name: 'y', kind: 'number' },
}
const read = (source: TextSource, options: FromCsvOptions = {}) => rowsOf(fromCsv(source, signature, options))
const bytes = (text: string) => new TextEncoder().encode(text)
const inPieces = (text: Uint8Array, size: number) =>
  async function* () {
    for (let at = 0; at < text.length; at += size) yield text.slice(at, at + size)
  }

const TABLE = 'x,word,y\n1,plain,2\n3,"a, ""b""",4\n5,"two\nlines",6\n'
const ROWS = [
  [1, 0, 2],
  [3, 1, 4],
  [5, 2, 6],
]

describe('a table of text', () => {
  test('is read from text, a file, a stream of bytes and whatever is iterated over', async () => {
    const sources: TextSource[] = [
      TABLE,
      new Blob([TABLE]),
      () => new Blob([TABLE]).stream(),
      () => [TABLE],
      async () => inPieces(bytes(TABLE), 7)(),
    ]
    for (const source of sources) expect(await read(source)).toEqual(ROWS)
  })

  test.each([
    ['LF', TABLE],
    ['no last line end', TABLE.trimEnd()],
    ['CRLF', TABLE.replaceAll('\n', '\r\n').replace('two\r\n', 'two\n')],
    ['CR', TABLE.replaceAll('\n', '\r').replace('two\r', 'two\n')],
    ['CRLF and LF', TABLE.replace('2\n', '2\r\n').replace('y\n', 'y\r\n')],
    ['a byte order mark', `\ufeff${TABLE}`],
    ['blank lines', TABLE.replace('2\n', '2\n\n\n').replace('4\n', '4\n\n')],
    ['spaces around cells', TABLE.replace('1,plain,2', ' 1 , plain ,\t2')],
    [
      'columns in another order, and one more',
      'y,more,word,x\n2,?,plain,1\n4,,"a, ""b""",3\n6,,"two\nlines",5\n',
    ],
  ])('with %s is the same, however it is cut', async (_, text) => {
    for (const size of [1, 2, 3, 5, 1_000])
      expect(await read(inPieces(bytes(text), size)), `${size} bytes`).toEqual(ROWS)
  })

  test('is read back as it was written, whatever stands in its cells', async () => {
    const cell = fc.string({ unit: fc.constantFrom('a', ' b', 'é', '😀', ',', '"', '\n', '""', 'c') })
    await fc.assert(
      fc.asyncProperty(
        fc.array(cell, { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        async (cells, size) => {
          const words = [...new Set(cells.map((text) => text.trim()).filter((text) => text !== ''))]
          fc.pre(words.length > 0)
          const asked: Signature = {
            features: [{ name: 'word', kind: 'category', categories: words, encoding: 'index' }],
            labels: { name: 'y', kind: 'number' },
          }
          const text = `word,y\n${words.map((word, i) => `"${word.replaceAll('"', '""')}",${i}\n`).join('')}`
          expect(await rowsOf(fromCsv(inPieces(bytes(text), size), asked))).toEqual(
            words.map((_, i) => [i, i]),
          )
        },
      ),
    )
  })

  test('without a header has the columns that it is told, and another delimiter', async () => {
    expect(await read('1;plain;2\n', { columns: ['x', 'word', 'y'], delimiter: ';' })).toEqual([[1, 0, 2]])
  })

  test.each<[string, string, RegExp]>([
    ['a ragged line', `${TABLE}7,plain\n`, /^line 6 of the CSV has 2 cells, and there are 3 columns/],
    [
      'a mistake behind a cell of two lines',
      `${TABLE}seven,plain,1\n`,
      /^column "x" is not a number \(line 6\)/,
    ],
    [
      'another delimiter',
      'x;word;y\n1;plain;2\n',
      /^the CSV’s header on line 1 is a single cell\. Name .* `delimiter`/,
    ],
    ['a column missing', 'x,wort,y\n1,plain,2\n', /^column "word" is missing: did you mean "wort"\?/],
    ['a column twice', 'x,x,y\n', /^the CSV’s header on line 1 names column 2 as another before it/],
    [
      'a quote that does not end',
      `${TABLE}1,"plain,2\n`,
      /^the CSV’s record on line 6 has a quote that does not end/,
    ],
    [
      'text behind a quote',
      `${TABLE}1,"plain"x,2\n`,
      /^the CSV’s record on line 6 has text behind a closing quote/,
    ],
    ['a NUL byte', `${TABLE}1,pl\0ain,2\n`, /^line 6 of the CSV has a NUL byte/],
    [
      'an infinite number',
      'x,word,y\nInfinity,plain,NaN\n',
      /^column "x" is not a number \(line 2\); column "y" is/,
    ],
  ])('with %s is refused by line, however it is cut', async (_, text, message) => {
    for (const size of [1, 3, 1_000])
      await expect(read(inPieces(bytes(text), size))).rejects.toMatchObject({
        code: 'bad-examples',
        message: expect.stringMatching(message),
      })
  })

  test('that is not UTF-8, or ends within a character, is refused', async () => {
    for (const last of [[0xff], [0xc3]])
      await expect(read(() => [bytes(TABLE), Uint8Array.from(last)])).rejects.toMatchObject({
        code: 'bad-examples',
        message: expect.stringMatching(/^the CSV is not UTF-8/),
      })
  })

  test.each([
    ['a line', 'x'],
    ['a quoted cell', '"'],
    ['separators', ','],
    ['carriage returns within quotes', '"\r'],
  ])(
    'with %s of a gigabyte is refused after a bounded part of it, and its source closed',
    async (_, what) => {
      const piece = what.padEnd(65_536, what.at(-1))
      let [given, closed] = [0, false]
      const endless = async function* () {
        try {
          for (; given < 2 ** 30; given += piece.length) yield given === 0 ? piece : piece.replace('"', '\r')
        } finally {
          closed = true
        }
      }
      await expect(read(endless, { columns: ['x', 'word', 'y'] })).rejects.toMatchObject({
        code: 'bad-examples',
      })
      expect(given).toBeLessThan(2 ** 22)
      expect(closed).toBe(true)
    },
  )

  test('that never ends is refused by the bound that is stated', async () => {
    const endless = function* () {
      yield 'x,word,y\n'
      for (;;) yield '1,plain,2\n'.repeat(100)
    }
    await expect(read(endless, { maxExamples: 10_000 })).rejects.toThrow(/more than 10000 examples/)
  })
})
