/**
 * Rows laid beside each other, value by value, as the tiles read them: out[k, row] = row[k].
 * `table` holds the rows' addresses (u32), from each of which `offset` bytes are skipped; the next k is `step` bytes on.
 */
export function interleave(
  table: usize,
  rows: usize,
  offset: usize,
  length: usize,
  out: usize,
  step: usize,
): void {
  while (rows >= 4) {
    transpose4(table, offset, length, out, step)
    table += 16
    out += 16
    rows -= 4
  }
  while (rows > 0) {
    spread(load<u32>(table) + offset, length, out, step)
    table += 4
    out += 4
    rows--
  }
}

function transpose4(table: usize, offset: usize, length: usize, out: usize, step: usize): void {
  let r0 = load<u32>(table) + offset
  let r1 = load<u32>(table, 4) + offset
  let r2 = load<u32>(table, 8) + offset
  let r3 = load<u32>(table, 12) + offset
  const end = r0 + length * 4
  const wholeEnd = r0 + (length & ~3) * 4
  while (r0 < wholeEnd) {
    const v0 = v128.load(r0)
    const v1 = v128.load(r1)
    const v2 = v128.load(r2)
    const v3 = v128.load(r3)
    const low01 = v128.shuffle<u32>(v0, v1, 0, 4, 1, 5)
    const low23 = v128.shuffle<u32>(v2, v3, 0, 4, 1, 5)
    const high01 = v128.shuffle<u32>(v0, v1, 2, 6, 3, 7)
    const high23 = v128.shuffle<u32>(v2, v3, 2, 6, 3, 7)
    v128.store(out, v128.shuffle<u64>(low01, low23, 0, 2))
    out += step
    v128.store(out, v128.shuffle<u64>(low01, low23, 1, 3))
    out += step
    v128.store(out, v128.shuffle<u64>(high01, high23, 0, 2))
    out += step
    v128.store(out, v128.shuffle<u64>(high01, high23, 1, 3))
    out += step
    r0 += 16
    r1 += 16
    r2 += 16
    r3 += 16
  }
  while (r0 < end) {
    store<f32>(out, load<f32>(r0))
    store<f32>(out, load<f32>(r1), 4)
    store<f32>(out, load<f32>(r2), 8)
    store<f32>(out, load<f32>(r3), 12)
    out += step
    r0 += 4
    r1 += 4
    r2 += 4
    r3 += 4
  }
}

function spread(row: usize, length: usize, out: usize, step: usize): void {
  for (const end = row + length * 4; row < end; row += 4) {
    store<f32>(out, load<f32>(row))
    out += step
  }
}
