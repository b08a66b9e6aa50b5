/**
 * y = x × scale where the draw of its place is not below `threshold`, else 0. A draw is a function of seed and place (the
 * finalizer of MurmurHash3 over both), so the gradient goes through the same call and nothing is remembered.
 */
export function dropout(x: usize, y: usize, length: usize, seed: u32, threshold: u32, scale: f32): void {
  const by = f32x4.splat(scale)
  const limit = i32x4.splat(threshold)
  let place = i32x4.add(i32x4(0, 1, 2, 3), i32x4.splat(seed))
  for (const end = x + length * 4; x < end; x += 16) {
    const kept = i32x4.ge_u(mixed(place), limit)
    v128.store(y, v128.and(f32x4.mul(v128.load(x), by), kept))
    place = i32x4.add(place, i32x4.splat(4))
    y += 16
  }
}

function mixed(word: v128): v128 {
  let h = i32x4.mul(word, i32x4.splat(0x9e3779b1))
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 16)), i32x4.splat(0x85ebca6b))
  h = i32x4.mul(v128.xor(h, i32x4.shr_u(h, 13)), i32x4.splat(0xc2b2ae35))
  return v128.xor(h, i32x4.shr_u(h, 16))
}
