/**
 * Products of matrices, row-major. A `step` is the distance of two rows in bytes. Columns beyond the last are read as
 * whatever lies there and never written, so every block of memory has room for eight more values.
 */
import { interleave } from './interleave'
import { narrowTile, wideTile } from './tiles'

/** Rows whose interleaved values are kept at hand while b passes by once. */
export const ROWS_AT_ONCE: usize = 40
/** Bytes of b that stay in the second-level cache while all rows pass by. */
const BLOCK_BYTES: usize = 131072

/** No floor: every number lies above it. */
export const NONE: f32 = -Infinity

/** Of the rows left, how many the next tile takes: five, or so that no tile is left with one or two. */
export function nextRows(left: usize): usize {
  if (left >= 9 || left === 5) return 5
  if (left >= 7) return 4
  return left === 6 ? 3 : left
}

/** A tile whose last columns may not be whole: those are made aside, at `aside` (160 bytes), and copied. */
export function edgeTile(
  rows: usize,
  columns: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: usize,
  base: usize,
  baseStep: usize,
  factor: f32,
  floor: f32,
  out: usize,
  outStep: usize,
  aside: usize,
): void {
  if (columns === 8) {
    wideTile(rows, a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
    return
  }
  if (columns === 4) {
    narrowTile(rows, a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
    return
  }
  if (columns > 4) wideTile(rows, a, aStep, b, bStep, depth, base, baseStep, factor, floor, aside, 32)
  else narrowTile(rows, a, aStep, b, bStep, depth, base, baseStep, factor, floor, aside, 32)
  for (let row: usize = 0; row < rows; row++) {
    for (let column: usize = 0; column < columns; column++)
      store<f32>(out + column * 4, load<f32>(aside + column * 4))
    aside += 32
    out += outStep
  }
}

/**
 * c = max(bias + a × b, floor). a: rows × depth, b: depth × columns; bias: one row of `columns`.
 * `scratch`: 512 bytes, and room for 40 × depth values.
 */
export function multiply(
  a: usize,
  aStep: usize,
  rows: usize,
  depth: usize,
  b: usize,
  columns: usize,
  bias: usize,
  floor: f32,
  c: usize,
  scratch: usize,
): void {
  const step = columns * 4
  const packed = scratch + 512
  const block = max<usize>(32, min<usize>(256, BLOCK_BYTES / step))
  for (let first: usize = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = min(ROWS_AT_ONCE, rows - first)
    interleaveRows(a + first * aStep, aStep, count, depth, scratch, packed)
    for (let from: usize = 0; from < depth; from += block) {
      const deep = min(block, depth - from)
      const least = from + deep === depth ? floor : NONE
      for (let column: usize = 0; column < columns; column += 8) {
        const wide = min<usize>(8, columns - column)
        let at = packed
        let out = c + first * step + column * 4
        for (let left = count; left > 0; ) {
          const high = nextRows(left)
          const base = from === 0 ? bias + column * 4 : out
          const baseStep = from === 0 ? 0 : step
          edgeTile(
            high,
            wide,
            at + from * high * 4,
            high * 4,
            b + from * step + column * 4,
            step,
            deep,
            base,
            baseStep,
            1,
            least,
            out,
            step,
            scratch,
          )
          at += high * depth * 4
          out += high * step
          left -= high
        }
      }
    }
  }
}

/**
 * c = base + factor × aᵀ × b. a: depth × rows, b: depth × columns, c: rows × columns. A base of zeros makes the
 * product, c itself moves c by it.
 */
export function multiplyTransposedLeft(
  a: usize,
  aStep: usize,
  rows: usize,
  depth: usize,
  b: usize,
  columns: usize,
  base: usize,
  baseStep: usize,
  factor: f32,
  c: usize,
  scratch: usize,
): void {
  const step = columns * 4
  for (let left = rows; left > 0; ) {
    const high = nextRows(left)
    for (let column: usize = 0; column < columns; column += 8)
      edgeTile(
        high,
        min<usize>(8, columns - column),
        a,
        aStep,
        b + column * 4,
        step,
        depth,
        base + column * 4,
        baseStep,
        factor,
        NONE,
        c + column * 4,
        step,
        scratch,
      )
    a += high * 4
    base += high * baseStep
    c += high * step
    left -= high
  }
}

/**
 * c = a × bᵀ. a: rows × depth, b: columns × depth, c: rows × columns with `cStep` bytes between rows.
 * `scratch`: 512 bytes, and room for 48 × depth values.
 */
export function multiplyTransposedRight(
  a: usize,
  rows: usize,
  depth: usize,
  b: usize,
  columns: usize,
  zeros: usize,
  c: usize,
  cStep: usize,
  scratch: usize,
): void {
  const step = depth * 4
  const panel = scratch + 512
  const packed = panel + 8 * step
  for (let first: usize = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = min(ROWS_AT_ONCE, rows - first)
    interleaveRows(a + first * step, step, count, depth, scratch, packed)
    for (let column: usize = 0; column < columns; column += 8) {
      const wide = min<usize>(8, columns - column)
      for (let i: usize = 0; i < 8; i++)
        store<u32>(scratch + i * 4, (b + (column + min(i, wide - 1)) * step) as u32)
      interleave(scratch, 8, 0, depth, panel, 32)
      let at = packed
      let out = c + first * cStep + column * 4
      for (let left = count; left > 0; ) {
        const high = nextRows(left)
        edgeTile(high, wide, at, high * 4, panel, 32, depth, zeros, 0, 1, NONE, out, cStep, scratch)
        at += high * step
        out += high * cStep
        left -= high
      }
    }
  }
}

export function interleaveRows(
  a: usize,
  step: usize,
  count: usize,
  depth: usize,
  table: usize,
  packed: usize,
): void {
  for (let left = count; left > 0; ) {
    const high = nextRows(left)
    for (let row: usize = 0; row < high; row++) store<u32>(table + row * 4, (a + row * step) as u32)
    interleave(table, high, 0, depth, packed, high * 4)
    a += high * step
    packed += high * depth * 4
    left -= high
  }
}
