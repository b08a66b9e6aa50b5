/**
 * Per column of a tile, the mean of the values of rank `first` to `last` in ascending order: the median and the trimmed
 * mean are both such. A sorting network treats 16 columns at once.
 *
 * Row i starts at tile + i * stride bytes; `columns` is a multiple of 16. `network` holds pairs of byte offsets into
 * `work`, (rank * 64, rank * 64), smaller value to the first; `work` has room for rows * 64 bytes.
 */
export function meanOfRanks(
  tile: usize,
  rows: usize,
  stride: usize,
  columns: usize,
  network: usize,
  networkEnd: usize,
  first: usize,
  last: usize,
  work: usize,
  out: usize,
): void {
  const count = f64x2.splat((last - first + 1) as f64)
  const outEnd = out + columns * 4
  while (out < outEnd) {
    gatherKeys(tile, rows, stride, work)
    for (let pair = network; pair < networkEnd; pair += 8) {
      compareExchange(work + load<u32>(pair), work + load<u32>(pair, 4))
    }
    for (let column: usize = 0; column < 64; column += 16) {
      const sorted = work + column
      v128.store(out + column, meanOfRows(sorted + first * 64, sorted + last * 64, count))
    }
    tile += 64
    out += 64
  }
}

function gatherKeys(row: usize, rows: usize, stride: usize, work: usize): void {
  const workEnd = work + rows * 64
  while (work < workEnd) {
    v128.store(work, orderedKey(v128.load(row)))
    v128.store(work, orderedKey(v128.load(row, 16)), 16)
    v128.store(work, orderedKey(v128.load(row, 32)), 32)
    v128.store(work, orderedKey(v128.load(row, 48)), 48)
    row += stride
    work += 64
  }
}

/**
 * float32 bits to integers of the same order and back (it is its own inverse): flip the magnitude of negatives. Integer
 * minimum and maximum are one instruction everywhere and lose neither -0 nor NaN, unlike those of floats.
 */
function orderedKey(bits: v128): v128 {
  return v128.xor(bits, i32x4.shr_u(i32x4.shr_s(bits, 31), 1))
}

function compareExchange(low: usize, high: usize): void {
  const a0 = v128.load(low)
  const b0 = v128.load(high)
  const a1 = v128.load(low, 16)
  const b1 = v128.load(high, 16)
  const a2 = v128.load(low, 32)
  const b2 = v128.load(high, 32)
  const a3 = v128.load(low, 48)
  const b3 = v128.load(high, 48)
  v128.store(low, i32x4.min_s(a0, b0))
  v128.store(high, i32x4.max_s(a0, b0))
  v128.store(low, i32x4.min_s(a1, b1), 16)
  v128.store(high, i32x4.max_s(a1, b1), 16)
  v128.store(low, i32x4.min_s(a2, b2), 32)
  v128.store(high, i32x4.max_s(a2, b2), 32)
  v128.store(low, i32x4.min_s(a3, b3), 48)
  v128.store(high, i32x4.max_s(a3, b3), 48)
}

/** Sums in float64 in ascending order, divides, rounds once. */
function meanOfRows(first: usize, last: usize, count: v128): v128 {
  // Minus zero is the neutral element: 0 + -0 would lose the sign of a median of -0.
  let low = f64x2.splat(-0.0)
  let high = f64x2.splat(-0.0)
  for (let row = first; row <= last; row += 64) {
    const values = orderedKey(v128.load(row))
    low = f64x2.add(low, f64x2.promote_low_f32x4(values))
    high = f64x2.add(high, f64x2.promote_low_f32x4(v128.shuffle<u32>(values, values, 2, 3, 2, 3)))
  }
  const low32 = f32x4.demote_f64x2_zero(f64x2.div(low, count))
  const high32 = f32x4.demote_f64x2_zero(f64x2.div(high, count))
  return v128.shuffle<u32>(low32, high32, 0, 1, 4, 5)
}
