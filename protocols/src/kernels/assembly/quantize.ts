/** out[i] = the level below x[i] * scale, or the one above when random / 2³² < the fraction between; held to ±limit. */
export function quantize(x: usize, randoms: usize, out: usize, length: usize, scale: f64, limit: f64): void {
  const end = x + length * 4
  while (x < end) {
    const low = levels(v128.load64_zero(x), v128.load64_zero(randoms), scale, limit)
    const high = levels(v128.load64_zero(x, 8), v128.load64_zero(randoms, 8), scale, limit)
    v128.store(out, v128.shuffle<u32>(low, high, 0, 1, 4, 5))
    x += 16
    randoms += 16
    out += 16
  }
}

/** Two levels in the low half. Not a number becomes 0, as storing NaN into an Int32Array does. */
function levels(x: v128, randoms: v128, scale: f64, limit: f64): v128 {
  const uniform = f64x2.mul(f64x2.convert_low_i32x4_u(randoms), f64x2.splat(2.3283064365386963e-10))
  const exact = f64x2.mul(f64x2.promote_low_f32x4(x), f64x2.splat(scale))
  const below = f64x2.floor(exact)
  const up = v128.and(f64x2.lt(uniform, f64x2.sub(exact, below)), f64x2.splat(1))
  const held = f64x2.pmin(f64x2.pmax(f64x2.add(below, up), f64x2.splat(-limit)), f64x2.splat(limit))
  return i32x4.trunc_sat_f64x2_s_zero(held)
}

/** out[i] = f32(levels[i] * step), the product in float64. */
export function dequantize(levels: usize, out: usize, length: usize, step: f64): void {
  const s = f64x2.splat(step)
  const end = levels + length * 4
  while (levels < end) {
    const low = f64x2.convert_low_i32x4_s(v128.load64_zero(levels))
    const high = f64x2.convert_low_i32x4_s(v128.load64_zero(levels, 8))
    const low32 = f32x4.demote_f64x2_zero(f64x2.mul(low, s))
    const high32 = f32x4.demote_f64x2_zero(f64x2.mul(high, s))
    v128.store(out, v128.shuffle<u32>(low32, high32, 0, 1, 4, 5))
    levels += 16
    out += 16
  }
}
