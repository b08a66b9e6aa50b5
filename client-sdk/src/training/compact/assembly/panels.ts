/** A matrix laid out for many products in strips of eight columns, and the product that reads it. */
import { interleave } from './interleave'
import { edgeTile, interleaveRows, NONE, nextRows, ROWS_AT_ONCE } from './products'

/**
 * Eight columns at a time, each strip contiguous: a stride of a power of two would fall on few lines of the cache.
 * w: depth × columns; `panels` has room for depth × (columns to the next 8) values.
 */
export function packPanels(w: usize, depth: usize, columns: usize, panels: usize): void {
  for (let column: usize = 0; column < columns; column += 8) {
    let from = w + column * 4
    for (let k: usize = 0; k < depth; k++) {
      v128.store(panels, v128.load(from))
      v128.store(panels, v128.load(from, 16), 16)
      from += columns * 4
      panels += 32
    }
  }
}

/** The same of wᵀ. w: columns × depth; `table` has room for eight addresses. */
export function packTransposedPanels(
  w: usize,
  depth: usize,
  columns: usize,
  panels: usize,
  table: usize,
): void {
  const step = depth * 4
  for (let column: usize = 0; column < columns; column += 8) {
    const last = min<usize>(8, columns - column) - 1
    for (let i: usize = 0; i < 8; i++) store<u32>(table + i * 4, (w + (column + min(i, last)) * step) as u32)
    interleave(table, 8, 0, depth, panels, 32)
    panels += 8 * step
  }
}

/**
 * c += a × the matrix in `panels`. a: rows × depth, c: rows × columns. `scratch`: 512 bytes, and room for 40 × depth
 * values.
 */
export function addProduct(
  a: usize,
  rows: usize,
  depth: usize,
  panels: usize,
  columns: usize,
  c: usize,
  scratch: usize,
): void {
  const packed = scratch + 512
  const step = columns * 4
  for (let first: usize = 0; first < rows; first += ROWS_AT_ONCE) {
    const count = min(ROWS_AT_ONCE, rows - first)
    interleaveRows(a + first * depth * 4, depth * 4, count, depth, scratch, packed)
    for (let column: usize = 0; column < columns; column += 8) {
      const wide = min<usize>(8, columns - column)
      const panel = panels + column * depth * 4
      let at = packed
      let out = c + first * step + column * 4
      for (let left = count; left > 0; ) {
        const high = nextRows(left)
        edgeTile(high, wide, at, high * 4, panel, 32, depth, out, step, 1, NONE, out, step, scratch)
        at += high * depth * 4
        out += high * step
        left -= high
      }
    }
  }
}
