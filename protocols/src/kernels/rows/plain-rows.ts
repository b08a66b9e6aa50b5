import { gramTileLength } from './gram-tiles.ts'
import { requireRows, requireTrim } from './row-checks.ts'
import type { RowKernels } from './row-kernels.ts'
import { middleRanks } from './sorting-network.ts'

type Rows = readonly Float32Array[]

/** Columns gathered at a time, so that each visit to a row reads whole cache lines. */
const columnsPerTile = 256

export const plainRowKernels: RowKernels = {
  coordinateMedian(rows, out) {
    requireRows('coordinateMedian', rows, out.length)
    meanOfRanks(rows, middleRanks(rows.length), out)
  },
  trimmedMean(rows, trim, out) {
    requireRows('trimmedMean', rows, out.length)
    requireTrim(trim, rows.length)
    meanOfRanks(rows, [trim, rows.length - 1 - trim], out)
  },
  gram,
}

function meanOfRanks(rows: Rows, [first, last]: [number, number], out: Float32Array): void {
  const count = rows.length
  const keys = new Int32Array(count * columnsPerTile)
  const values = new Float32Array(keys.buffer)
  for (let from = 0; from < out.length; from += columnsPerTile) {
    const to = Math.min(from + columnsPerTile, out.length)
    gatherColumns(rows, from, to, keys)
    for (let column = from; column < to; column++) {
      const start = (column - from) * count
      keys.subarray(start, start + count).sort()
      // Minus zero is the neutral element: 0 + -0 would lose the sign of a median of -0.
      let sum = -0
      for (let rank = start + first; rank <= start + last; rank++) {
        keys[rank] = orderedKey(keys[rank] ?? 0)
        sum += values[rank] ?? 0
      }
      out[column] = sum / (last - first + 1)
    }
  }
}

/** Column after column, as integers of the same order as the float32 they stand for. */
function gatherColumns(rows: Rows, from: number, to: number, keys: Int32Array): void {
  const count = rows.length
  rows.forEach((row, r) => {
    const bits = new Int32Array(row.buffer, row.byteOffset, row.length)
    for (let column = from; column < to; column++) {
      keys[(column - from) * count + r] = orderedKey(bits[column] ?? 0)
    }
  })
}

/** float32 bits to integers of the same order and back (it is its own inverse): flip the magnitude of negatives. */
function orderedKey(bits: number): number {
  return bits ^ ((bits >> 31) >>> 1)
}

function gram(rows: Rows): Float64Array {
  const count = rows.length
  const length = rows[0]?.length ?? 0
  requireRows('gram', rows, length)
  const products = new Float64Array(count * count)
  for (let from = 0; from < length; from += gramTileLength) {
    const to = Math.min(from + gramTileLength, length)
    rows.forEach((x, i) => {
      for (let j = i; j < count; j++) {
        const y = rows[j]
        if (y) products[i * count + j] = (products[i * count + j] ?? 0) + innerProduct(x, y, from, to)
      }
    })
  }
  for (let i = 0; i < count; i++) {
    for (let j = 0; j < i; j++) products[i * count + j] = products[j * count + i] ?? 0
  }
  return products
}

/** Four float32 lanes, then float64: (0 + 2) + (1 + 3), the order of the SIMD module. */
function innerProduct(x: Float32Array, y: Float32Array, from: number, to: number): number {
  const whole = to - ((to - from) % 4)
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  for (let k = from; k < whole; k += 4) {
    s0 = Math.fround(s0 + Math.fround((x[k] ?? 0) * (y[k] ?? 0)))
    s1 = Math.fround(s1 + Math.fround((x[k + 1] ?? 0) * (y[k + 1] ?? 0)))
    s2 = Math.fround(s2 + Math.fround((x[k + 2] ?? 0) * (y[k + 2] ?? 0)))
    s3 = Math.fround(s3 + Math.fround((x[k + 3] ?? 0) * (y[k + 3] ?? 0)))
  }
  if (whole < to) s0 = Math.fround(s0 + Math.fround((x[whole] ?? 0) * (y[whole] ?? 0)))
  if (whole + 1 < to) s1 = Math.fround(s1 + Math.fround((x[whole + 1] ?? 0) * (y[whole + 1] ?? 0)))
  if (whole + 2 < to) s2 = Math.fround(s2 + Math.fround((x[whole + 2] ?? 0) * (y[whole + 2] ?? 0)))
  return s0 + s2 + (s1 + s3)
}
