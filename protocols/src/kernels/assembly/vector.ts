/** acc[i] = f32(acc[i] + f32(weight * x[i])). Multiply and add stay two roundings: fused ones differ between machines. */
export function addScaled(acc: usize, x: usize, length: usize, weight: f32): void {
  const w = f32x4.splat(weight)
  const end = acc + length * 4
  const blocksEnd = acc + (length & ~15) * 4
  while (acc < blocksEnd) {
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
  while (acc < end) {
    store<f32>(acc, load<f32>(acc) + weight * load<f32>(x))
    acc += 4
    x += 4
  }
}

/** x[i] = f32(factor * x[i]) */
export function scale(x: usize, length: usize, factor: f32): void {
  const f = f32x4.splat(factor)
  const end = x + length * 4
  const blocksEnd = x + (length & ~15) * 4
  while (x < blocksEnd) {
    v128.store(x, f32x4.mul(f, v128.load(x)))
    v128.store(x, f32x4.mul(f, v128.load(x, 16)), 16)
    v128.store(x, f32x4.mul(f, v128.load(x, 32)), 32)
    v128.store(x, f32x4.mul(f, v128.load(x, 48)), 48)
    x += 64
  }
  while (x < end) {
    store<f32>(x, factor * load<f32>(x))
    x += 4
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

/** Index of the first NaN or infinity, `length` if there is none. */
export function firstNonFinite(x: usize, length: usize): usize {
  const exponent = i32x4.splat(0x7f800000)
  const start = x
  const end = x + length * 4
  const blocksEnd = x + (length & ~31) * 4
  while (x < blocksEnd) {
    const e0 = i32x4.eq(v128.and(v128.load(x), exponent), exponent)
    const e1 = i32x4.eq(v128.and(v128.load(x, 16), exponent), exponent)
    const e2 = i32x4.eq(v128.and(v128.load(x, 32), exponent), exponent)
    const e3 = i32x4.eq(v128.and(v128.load(x, 48), exponent), exponent)
    const e4 = i32x4.eq(v128.and(v128.load(x, 64), exponent), exponent)
    const e5 = i32x4.eq(v128.and(v128.load(x, 80), exponent), exponent)
    const e6 = i32x4.eq(v128.and(v128.load(x, 96), exponent), exponent)
    const e7 = i32x4.eq(v128.and(v128.load(x, 112), exponent), exponent)
    const left = v128.or(v128.or(e0, e1), v128.or(e2, e3))
    const right = v128.or(v128.or(e4, e5), v128.or(e6, e7))
    if (v128.any_true(v128.or(left, right))) break
    x += 128
  }
  while (x < end) {
    if ((load<u32>(x) & 0x7f800000) === 0x7f800000) return (x - start) >> 2
    x += 4
  }
  return length
}
