/** RFC 4180 records out of pieces of text. Papa Parse reads them; what is here keeps it fed, and within bounds. */
import Papa from 'papaparse'
import { badExamples } from '../dataset.ts'

/** `line` is where it begins, counted from 1. */
export type CsvRecord = { cells: string[]; line: number }

export type CsvFormat = {
  /** One character. */
  delimiter: string
  /** UTF-16 units that one record may have: beyond that it is a quote that never ends, or no CSV. */
  maxRecordLength: number
}

/**
 * Records of one cell or more in turn, those with nothing in them left out. Lines end in CRLF, LF or CR, whichever comes first.
 * @throws TributaryError `bad-examples` naming the line.
 */
export async function* csvRecords(
  pieces: AsyncIterable<string>,
  { delimiter, maxRecordLength }: CsvFormat,
): AsyncGenerator<CsvRecord[], void> {
  let rest = ''
  let line = 1
  let parser: RecordParser | undefined
  /** A record that has begun is read again with every piece of it: these are doubled, so that a long one is not read a thousand times. */
  let enough = 0

  const parse = function* (
    { newline, records: read }: RecordParser,
    text: string,
    isLast: boolean,
  ): Generator<CsvRecord[], void> {
    const { data, errors, meta } = read.parse(text, 0, !isLast) as Papa.ParseResult<string[]>
    const bad = errors.find(({ row }) => (row ?? 0) < data.length)
    const records: CsvRecord[] = []
    for (const [i, cells] of data.entries()) {
      if (bad?.row === i) throw badQuotes(line, bad.code)
      const last = cells.at(-1)
      if (newline === '\n' && last?.endsWith('\r')) cells[cells.length - 1] = last.slice(0, -1)
      if (cells.length > 1 || cells[0] !== '') records.push({ cells, line })
      line += 1 + cells.reduce((sum, cell) => sum + occurrences(cell, newline), 0)
    }
    rest = isLast ? '' : text.slice(meta.cursor)
    if (records.length > 0) yield records
  }

  for await (const piece of pieces) {
    if (piece.includes('\0'))
      throw notText(line + occurrences(rest + piece.slice(0, piece.indexOf('\0')), '\n'))
    rest += piece
    if (rest.length < enough) continue
    parser ??= parserFor(rest, delimiter)
    if (parser) yield* parse(parser, rest, false)
    if (rest.length > maxRecordLength) throw tooLong(line, maxRecordLength)
    enough = 2 * rest.length
  }
  if (rest !== '') yield* parse(parser ?? parserOf('\r', delimiter), rest, true)
}

type RecordParser = { newline: '\n' | '\r'; records: Papa.Parser }

/** `undefined` while the text has no line end, or one that may be half of one. */
const parserFor = (text: string, delimiter: string): RecordParser | undefined => {
  let quoted = false
  for (let i = 0; i < text.length; i++) {
    const character = text[i]
    if (character === '"') quoted = !quoted
    else if (quoted) continue
    else if (character === '\n') return parserOf('\n', delimiter)
    else if (character === '\r' && i + 1 < text.length)
      return parserOf(text[i + 1] === '\n' ? '\n' : '\r', delimiter)
  }
  return undefined
}

/** Papa Parse takes one kind of line end. A CR before the LF is taken off afterwards, so that both may stand in one file. */
const parserOf = (newline: '\n' | '\r', delimiter: string): RecordParser => ({
  newline,
  records: new Papa.Parser({ delimiter, newline }),
})

const occurrences = (text: string, of: string): number => {
  let count = 0
  for (let at = text.indexOf(of); at >= 0; at = text.indexOf(of, at + 1)) count++
  return count
}

const badQuotes = (line: number, code: string) =>
  badExamples(
    code === 'MissingQuotes'
      ? `the CSV’s record on line ${line} has a quote that does not end`
      : `the CSV’s record on line ${line} has text behind a closing quote`,
    'Double quotes within quoted cells, as RFC 4180 has it, or choose another `delimiter`',
  )

const notText = (line: number) =>
  badExamples(`line ${line} of the CSV has a NUL byte: it is no text`, 'Give UTF-8 text')

const tooLong = (line: number, maxRecordLength: number) =>
  badExamples(
    `the CSV’s record on line ${line} is longer than ${maxRecordLength} characters`,
    'Look for a quote that does not end, or raise `maxRecordLength`',
  )
