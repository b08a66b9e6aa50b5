import { DatasetError } from './dataset-error.ts'

export type DelimitedShape = {
  /** For messages: the file as the reader knows it. */
  readonly name: string
  /** Of every row. */
  readonly columns: number
  /** Rows there have to be. */
  readonly rows: number
  /** Lines that are no rows: a header, a comment. Blank lines never are rows. */
  readonly isRow?: (line: string, index: number) => boolean
}

/** A row's cells, trimmed, and the line it stands on, counted from 1. */
export type Cells = { readonly cells: readonly string[]; readonly line: number }

/**
 * Comma-separated text without quoting, as the UCI sets are.
 * @throws DatasetError naming the line when a row has another number of cells, or when rows are missing or too many.
 */
export const readDelimited = (
  text: string,
  { name, columns, rows, isRow = () => true }: DelimitedShape,
): Cells[] => {
  const found: Cells[] = []
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '' || !isRow(line, index)) continue
    const cells = line.split(',').map((cell) => cell.trim())
    if (cells.length !== columns)
      throw new DatasetError(
        `${name}, line ${index + 1}: ${cells.length} comma-separated cells where ${columns} are expected: ${JSON.stringify(line.slice(0, 80))}`,
      )
    found.push({ cells, line: index + 1 })
    if (found.length > rows) throw new DatasetError(`${name} has more than the ${rows} rows that it should`)
  }
  if (found.length < rows)
    throw new DatasetError(`${name} is truncated: ${found.length} of ${rows} rows are there`)
  return found
}

/** @throws DatasetError when the cell is not a finite decimal number. */
export const numberIn = (cell: string, where: string): number => {
  const value = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(cell) ? Number(cell) : Number.NaN
  if (!Number.isFinite(value))
    throw new DatasetError(`${where}: ${JSON.stringify(cell.slice(0, 40))} is not a number`)
  return value
}

/** @throws DatasetError when the cell is none of the words. */
export const oneOf = (words: readonly string[], cell: string, where: string): number => {
  const index = words.indexOf(cell)
  if (index < 0)
    throw new DatasetError(`${where}: ${JSON.stringify(cell.slice(0, 40))} is none of ${words.join(', ')}`)
  return index
}
