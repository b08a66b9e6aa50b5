/**
 * e^x to 2 units in the last place: 2^n times a polynomial in the rest, |rest| ≤ ½ ln 2 (Cephes, expf). Below −87.3 it
 * is 0 and above 88.3 it is held, so that nothing overflows on the way; what is not a number stays so.
 */
export function exp4(x: v128): v128 {
  const held = f32x4.pmin(f32x4.pmax(x, f32x4.splat(-87.3)), f32x4.splat(88.3))
  const n = f32x4.nearest(f32x4.mul(held, f32x4.splat(Mathf.LOG2E)))
  // ln 2 in two parts, the first with so few digits that n times it is exact.
  const rest = f32x4.sub(
    f32x4.sub(held, f32x4.mul(n, f32x4.splat(0.693359375))),
    f32x4.mul(n, f32x4.splat(-2.1219444e-4)),
  )
  let p = f32x4.splat(1.98756915e-4)
  p = f32x4.add(f32x4.mul(p, rest), f32x4.splat(1.3981999507e-3))
  p = f32x4.add(f32x4.mul(p, rest), f32x4.splat(8.3334519073e-3))
  p = f32x4.add(f32x4.mul(p, rest), f32x4.splat(4.1665795894e-2))
  p = f32x4.add(f32x4.mul(p, rest), f32x4.splat(1.6666665459e-1))
  p = f32x4.add(f32x4.mul(p, rest), f32x4.splat(5.0000001201e-1))
  const near = f32x4.add(f32x4.add(f32x4.mul(p, f32x4.mul(rest, rest)), rest), f32x4.splat(1))
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(n), i32x4.splat(127)), 23)
  const tiny = f32x4.lt(x, f32x4.splat(-87.3))
  return v128.andnot(f32x4.mul(near, power), tiny)
}

/** 1 / (1 + e^−x) */
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1)
  return f32x4.div(one, f32x4.add(one, exp4(f32x4.neg(x))))
}

/** 2 / (1 + e^−2x) − 1 */
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1)
  const e = exp4(f32x4.mul(f32x4.splat(-2), x))
  return f32x4.sub(f32x4.div(f32x4.splat(2), f32x4.add(one, e)), one)
}
