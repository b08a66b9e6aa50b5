/** Rows of a table, and sums over rows. Rows are of any length; `step` is their distance in bytes. */

/** out[i] = table[ids[i]] */
export function gatherRows(table: usize, rowBytes: usize, ids: usize, count: usize, out: usize): void {
  for (const end = ids + count * 4; ids < end; ids += 4) {
    memory.copy(out, table + load<u32>(ids) * rowBytes, rowBytes)
    out += rowBytes
  }
}

/** table[ids[i]] += factor × rows[i], in order. */
export function scatterRows(
  table: usize,
  rowBytes: usize,
  ids: usize,
  count: usize,
  rows: usize,
  factor: f32,
): void {
  for (const end = ids + count * 4; ids < end; ids += 4) {
    addRow(table + load<u32>(ids) * rowBytes, rows, rowBytes, factor)
    rows += rowBytes
  }
}

/** out = base + factor × the sum of the rows, column by column. */
export function sumRows(x: usize, rows: usize, columns: usize, base: usize, factor: f32, out: usize): void {
  const step = columns * 4
  let column: usize = 0
  for (; column + 4 <= columns; column += 4) {
    let sum = f32x4.splat(0)
    const end = x + rows * step
    for (let at = x; at < end; at += step) sum = f32x4.add(sum, v128.load(at + column * 4))
    v128.store(out + column * 4, f32x4.add(v128.load(base + column * 4), f32x4.mul(sum, f32x4.splat(factor))))
  }
  for (; column < columns; column++) {
    let sum: f32 = 0
    const end = x + rows * step
    for (let at = x; at < end; at += step) sum += load<f32>(at + column * 4)
    store<f32>(out + column * 4, load<f32>(base + column * 4) + sum * factor)
  }
}

/** Whole numbers from floats, towards zero. Gives 1 + the index of the first that is not below `limit`, or 0. */
export function toIds(x: usize, count: usize, limit: u32, ids: usize): usize {
  for (let i: usize = 0; i < count; i++) {
    const value = load<f32>(x + i * 4)
    if (!(value > -1 && value < (limit as f32))) return i + 1
    store<u32>(ids + i * 4, value as u32)
  }
  return 0
}

function addRow(target: usize, row: usize, bytes: usize, factor: f32): void {
  const by = f32x4.splat(factor)
  const end = target + bytes
  for (; target + 16 <= end; target += 16) {
    v128.store(target, f32x4.add(v128.load(target), f32x4.mul(v128.load(row), by)))
    row += 16
  }
  for (; target < end; target += 4) {
    store<f32>(target, load<f32>(target) + load<f32>(row) * factor)
    row += 4
  }
}
