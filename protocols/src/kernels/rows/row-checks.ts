import { requireSameLength } from '../checks.ts'

export function requireRows(operation: string, rows: readonly Float32Array[], length: number): void {
  if (rows.length === 0) throw new RangeError(`${operation}: needs at least one row`)
  for (const row of rows) requireSameLength(operation, length, row.length)
}

export function requireTrim(trim: number, rows: number): void {
  if (!Number.isInteger(trim) || trim < 0 || 2 * trim >= rows)
    throw new RangeError(
      `trimmedMean: trim must be a whole number from 0 to below half of the ${rows} rows, not ${trim}`,
    )
}
