/** acc[i] = f32(acc[i] + f32(weight * x[i])). Multiply and add stay two roundings: fused ones differ between machines. */
export function addScaled(acc: usize, x: usize, length: usize, weight: f32): void {
  const w = f32x4.splat(weight)
  const end = acc + length * 4
  while (acc < end) {
    const a0 = f32x4.add(v128.load(acc), f32x4.mul(w, v128.load(x)))
    const a1 = f32x4.add(v128.load(acc, 16), f32x4.mul(w, v128.load(x, 16)))
    const a2 = f32x4.add(v128.load(acc, 32), f32x4.mul(w, v128.load(x, 32)))
    const a3 = f32x4.add(v128.load(acc, 48), f32x4.mul(w, v128.load(x, 48)))
    v128.store(acc, a0)
    v128.store(acc, a1, 16)
    v128.store(acc, a2, 32)
    v128.store(acc, a3, 48)
    acc += 64
    x += 64
  }
}

/** x[i] = f32(factor * x[i]) */
export function scale(x: usize, length: usize, factor: f32): void {
  const f = f32x4.splat(factor)
  const end = x + length * 4
  while (x < end) {
    v128.store(x, f32x4.mul(f, v128.load(x)))
    v128.store(x, f32x4.mul(f, v128.load(x, 16)), 16)
    v128.store(x, f32x4.mul(f, v128.load(x, 32)), 32)
    v128.store(x, f32x4.mul(f, v128.load(x, 48)), 48)
    x += 64
  }
}

/** lanes[i mod 8] += x[i]², in float64; `lanes` holds eight float64 and carries over from tile to tile. */
export function sumSquares(x: usize, length: usize, lanes: usize): void {
  const end = x + length * 4
  const blocksEnd = x + (length & ~7) * 4
  let s01 = v128.load(lanes)
  let s23 = v128.load(lanes, 16)
  let s45 = v128.load(lanes, 32)
  let s67 = v128.load(lanes, 48)
  while (x < blocksEnd) {
    const x01 = f64x2.promote_low_f32x4(v128.load64_zero(x))
    const x23 = f64x2.promote_low_f32x4(v128.load64_zero(x, 8))
    const x45 = f64x2.promote_low_f32x4(v128.load64_zero(x, 16))
    const x67 = f64x2.promote_low_f32x4(v128.load64_zero(x, 24))
    s01 = f64x2.add(s01, f64x2.mul(x01, x01))
    s23 = f64x2.add(s23, f64x2.mul(x23, x23))
    s45 = f64x2.add(s45, f64x2.mul(x45, x45))
    s67 = f64x2.add(s67, f64x2.mul(x67, x67))
    x += 32
  }
  v128.store(lanes, s01)
  v128.store(lanes, s23, 16)
  v128.store(lanes, s45, 32)
  v128.store(lanes, s67, 48)
  while (x < end) {
    const value = <f64>load<f32>(x)
    store<f64>(lanes, load<f64>(lanes) + value * value)
    x += 4
    lanes += 8
  }
}

/**
 * Index of the first NaN or infinity, `length` if there is none. Without the sign, the bits of a float32 order as
 * unsigned integers and whatever is not finite lies at or above infinity: one maximum answers for the whole tile.
 */
export function firstNonFinite(x: usize, length: usize): usize {
  const magnitude = i32x4.splat(0x7fffffff)
  const start = x
  const end = x + length * 4
  const blocksEnd = x + (length & ~31) * 4
  let m0 = i32x4.splat(0)
  let m1 = m0
  let m2 = m0
  let m3 = m0
  while (x < blocksEnd) {
    m0 = i32x4.max_u(m0, v128.and(v128.load(x), magnitude))
    m1 = i32x4.max_u(m1, v128.and(v128.load(x, 16), magnitude))
    m2 = i32x4.max_u(m2, v128.and(v128.load(x, 32), magnitude))
    m3 = i32x4.max_u(m3, v128.and(v128.load(x, 48), magnitude))
    m0 = i32x4.max_u(m0, v128.and(v128.load(x, 64), magnitude))
    m1 = i32x4.max_u(m1, v128.and(v128.load(x, 80), magnitude))
    m2 = i32x4.max_u(m2, v128.and(v128.load(x, 96), magnitude))
    m3 = i32x4.max_u(m3, v128.and(v128.load(x, 112), magnitude))
    x += 128
  }
  const largest = i32x4.max_u(i32x4.max_u(m0, m1), i32x4.max_u(m2, m3))
  if (v128.any_true(i32x4.ge_u(largest, i32x4.splat(infinity)))) x = start
  while (x < end) {
    if ((load<u32>(x) & 0x7fffffff) >= infinity) return (x - start) >> 2
    x += 4
  }
  return length
}

const infinity: u32 = 0x7f800000
