import { DatasetError } from './dataset-error.ts'
import type { Series } from './digit-set.ts'

/** One row of a QMNIST extended label file: the digit, the NIST writer and the population the writer is from. */
export type WriterLabel = { readonly label: number; readonly series: Series; readonly writer: number }

const COLUMNS = 8

/**
 * The first `rows` rows of a QMNIST label file (tab-separated): column 0 is the digit, 1 the NIST series,
 * 2 the writer; the rest locate the digit inside NIST Special Database 19.
 * @throws DatasetError naming the line when a row is missing or malformed.
 */
export const readWriterLabels = (
  text: string,
  { name, rows }: { name: string; rows: number },
): WriterLabel[] => {
  const lines = text.split('\n', rows)
  return Array.from({ length: rows }, (_, row) => {
    const line = lines[row] ?? ''
    const columns = line.split('\t').map(Number)
    const [label = -1, series = -1, writer = -1] = columns
    if (
      columns.length !== COLUMNS ||
      !columns.every((value) => Number.isInteger(value) && value >= 0) ||
      label > 9
    )
      throw new DatasetError(
        `${name}, line ${row + 1}: expected ${COLUMNS} tab-separated whole numbers beginning with a digit, got ${JSON.stringify(line.slice(0, 80))}`,
      )
    return { label, series: seriesOf(series, `${name}, line ${row + 1}`), writer }
  })
}

const seriesOf = (code: number, where: string): Series => {
  if (code === 0) return 'employee'
  if (code === 4) return 'student'
  throw new DatasetError(
    `${where}: NIST series ${code} is not one of MNIST's two, 0 (employees) and 4 (students)`,
  )
}
