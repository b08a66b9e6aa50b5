import { unreachable } from '@tributary/protocols'
import { type Category, type Column, type Rows, sharedFloat32, sharedUint8, sharedUint16 } from './dataset.ts'

/** Some rows of a table of floats, in the order given, in shared memory of their own. */
export const takeRows = (from: Rows, rows: readonly number[]): Rows => {
  if (from.features.kind !== 'float32') throw new RangeError('only rows of floats are taken apart')
  const { width, values } = from.features
  const taken = sharedFloat32(rows.length * width)
  for (const [to, row] of rows.entries())
    taken.set(values.subarray(row * width, (row + 1) * width), to * width)
  const columns: Record<string, Column> = {}
  for (const [name, column] of Object.entries(from.columns)) columns[name] = takeColumn(column, rows)
  return {
    count: rows.length,
    features: { kind: 'float32', width, values: taken },
    targets:
      from.targets instanceof Uint8Array
        ? fill(sharedUint8(rows.length), from.targets, rows)
        : fill(sharedFloat32(rows.length), from.targets, rows),
    groups: from.groups && takeCategory(from.groups, rows),
    columns,
  }
}

const takeColumn = (column: Column, rows: readonly number[]): Column => {
  switch (column.kind) {
    case 'category':
      return { kind: 'category', ...takeCategory(column, rows) }
    case 'number':
      return { kind: 'number', values: fill(sharedFloat32(rows.length), column.values, rows) }
    default:
      return unreachable(column)
  }
}

/** Only the names that are left, so that nobody is a client without a row. */
const takeCategory = ({ names, of }: Category, rows: readonly number[]): Category => {
  const taken = sharedUint16(rows.length)
  const present = [...new Set(rows.map((row) => of[row] ?? 0))].sort((a, b) => a - b)
  const indexOf = new Map(present.map((old, index) => [old, index]))
  for (const [to, row] of rows.entries()) taken[to] = indexOf.get(of[row] ?? 0) ?? 0
  return { names: present.map((old) => names[old] ?? ''), of: taken }
}

const fill = <T extends Uint8Array | Float32Array>(
  taken: T,
  from: ArrayLike<number>,
  rows: readonly number[],
): T => {
  for (const [to, row] of rows.entries()) taken[to] = from[row] ?? 0
  return taken
}
