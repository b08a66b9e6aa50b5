import { inputShapeOf, type Signature } from '@tributary/protocols/task'
import { TributaryError } from '../tributary-error.ts'
import { type TextSource, textPieces } from './csv/text-chunks.ts'
import { badExamples, type Dataset, DEFAULT_MAX_EXAMPLES, tooManyExamples } from './dataset.ts'
import { createRowEncoder, type Row, type RowOptions } from './row-encoder.ts'

export type { TextSource } from './csv/text-chunks.ts'

export type FromCsvOptions = RowOptions & {
  /** Between cells, one character. Left out, a comma. */
  delimiter?: string
  /** Names of columns in order, for a file whose first record is none of names. */
  columns?: readonly string[]
  /** Data records that one iteration may give. Left out, 10 million. */
  maxExamples?: number
  /** UTF-16 units that one record may have. Left out, 1 Mi. */
  maxRecordLength?: number
}

/** More are no table, but an attack or another format. */
const MOST_COLUMNS = 16_384

/**
 * A table of text (RFC 4180: quotes, doubled quotes, line breaks within them) with the columns that the signature names, read piece by piece.
 * Cells are trimmed. An empty cell is a missing value, and so is what `missing` names.
 *
 * Its iterations throw TributaryError `bad-examples`, which names lines and columns, and not what stands there.
 */
export const fromCsv = (source: TextSource, signature: Signature, options: FromCsvOptions = {}): Dataset => {
  const { delimiter = ',', columns, maxExamples = DEFAULT_MAX_EXAMPLES, maxRecordLength = 2 ** 20 } = options
  if (delimiter.length !== 1 || '"\r\n\ufeff'.includes(delimiter))
    throw badExamples(
      `${JSON.stringify(delimiter)} does not go between cells`,
      'Give one character as `delimiter`, such as ; or a tab',
    )
  const encoder = createRowEncoder(signature, { ...options, counted: 'line' })
  return {
    shape: inputShapeOf(signature),
    async *[Symbol.asyncIterator]() {
      const { csvRecords } = await import('./csv/csv-records.ts')
      let names = columns && checkedNames(columns, 0, encoder.checkColumns)
      let count = 0
      const pieces = named(textPieces(source))
      for await (const records of csvRecords(pieces, { delimiter, maxRecordLength })) {
        const [head] = records
        const rows = names || !head ? records : records.slice(1)
        if (head) names ??= checkedNames(head.cells, head.line, encoder.checkColumns)
        if (rows.length === 0 || !names) continue
        count += rows.length
        if (count > maxExamples) throw tooManyExamples(maxExamples)
        const cells = names
        yield encoder.batch(
          rows.map((record) => rowOf(cells, record)),
          (row) => rows[row]?.line ?? 0,
        )
      }
    },
  }
}

/** @throws TributaryError `bad-examples`. */
const checkedNames = (
  cells: readonly string[],
  line: number,
  check: (columns: readonly string[]) => void,
): readonly string[] => {
  const names = cells.map((cell) => cell.trim())
  const where = line === 0 ? '`columns`' : `the CSV’s header on line ${line}`
  if (names.length > MOST_COLUMNS)
    throw badExamples(
      `${where} has more than ${MOST_COLUMNS} columns`,
      'Leave columns out that are not needed',
    )
  // A label and a feature at least: two cells.
  if (names.length === 1 && line !== 0)
    throw badExamples(
      `${where} is a single cell`,
      'Name what goes between cells as `delimiter`. A text is the table itself and no file’s name: of a file give a File or Blob, or what is read of it',
    )
  const seen = new Set<string>()
  for (const [at, name] of names.entries()) {
    if (seen.has(name) && name !== '')
      throw badExamples(
        `${where} names column ${at + 1} as another before it`,
        'Give each column a name of its own; a file without a header needs `columns`',
      )
    seen.add(name)
  }
  check(names)
  return names
}

const rowOf = (names: readonly string[], { cells, line }: { cells: string[]; line: number }): Row => {
  if (cells.length !== names.length)
    throw badExamples(
      `line ${line} of the CSV has ${cells.length} cells, and there are ${names.length} columns`,
      'Mend the line, quote cells with the delimiter in them, or choose another `delimiter`',
    )
  return Object.fromEntries(names.map((name, at) => [name, cells[at] ?? '']))
}

/** What reading throws, as an error of the data. */
async function* named(pieces: AsyncIterable<string>): AsyncGenerator<string, void> {
  try {
    yield* pieces
  } catch (cause) {
    if (cause instanceof TributaryError || !(cause instanceof TypeError)) throw cause
    throw badExamples('the CSV is not UTF-8', 'Save it as UTF-8, or give a function that decodes it', {
      cause,
    })
  }
}
