import { sharedFloat32 } from './dataset.ts'
import { type Cells, numberIn, oneOf } from './delimited.ts'

/**
 * How one column of a table becomes features. `?` is a missing value: a number becomes NaN; a word needs it among its
 * `words`, a feature each, or as one of its `rest`, which are zero in all of them.
 */
export type Field = { readonly name: string; readonly column: number } & (
  | { readonly kind: 'number' }
  | { readonly kind: 'one-hot'; readonly words: readonly string[]; readonly rest?: readonly string[] }
)

export type FeatureTable = {
  readonly width: number
  /** Rows × width, row-major, in shared memory. */
  readonly values: Float32Array
  /** Features that are numbers as they stood: those that are to be standardised. */
  readonly numbers: readonly number[]
}

/** @throws DatasetError naming file, line and column of a cell that does not fit. */
export const encodeFields = (
  fields: readonly Field[],
  rows: readonly Cells[],
  name: string,
): FeatureTable => {
  const width = fields.reduce((sum, field) => sum + widthOf(field), 0)
  const values = sharedFloat32(rows.length * width)
  const numbers: number[] = []
  let first = 0
  for (const field of fields) {
    if (field.kind === 'number') numbers.push(first)
    for (const [row, { cells, line }] of rows.entries()) {
      const cell = cells[field.column] ?? ''
      const where = `${name}, line ${line}, ${field.name}`
      if (field.kind === 'number')
        values[row * width + first] = cell === '?' ? Number.NaN : numberIn(cell, where)
      else if (!field.rest?.includes(cell)) values[row * width + first + oneOf(field.words, cell, where)] = 1
    }
    first += widthOf(field)
  }
  return { width, values, numbers }
}

/**
 * Rescales the numbers in place to mean 0 and standard deviation 1 over `fitRows`, the training rows: what a row of the
 * test set looks like decides nothing. A missing value becomes 0, the mean; so does a number that never varies.
 */
export const standardise = (
  { width, values, numbers }: FeatureTable,
  fitRows: readonly number[],
  rows: readonly number[] = fitRows,
): void => {
  for (const column of numbers) {
    const known = fitRows
      .map((row) => values[row * width + column] ?? Number.NaN)
      .filter((value) => !Number.isNaN(value))
    const mean = known.reduce((sum, value) => sum + value, 0) / Math.max(1, known.length)
    const variance = known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, known.length)
    const scale = variance > 0 ? 1 / Math.sqrt(variance) : 0
    for (const row of rows) {
      const at = row * width + column
      const value = values[at] ?? Number.NaN
      values[at] = Number.isNaN(value) ? 0 : (value - mean) * scale
    }
  }
}

const widthOf = (field: Field): number => (field.kind === 'number' ? 1 : field.words.length)
