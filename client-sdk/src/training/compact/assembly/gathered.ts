/** Sums along a list, with as many sums in registers as fit: twelve vectors, a weight and a product. */

/** Of the vectors left, how many the next block takes. */
export function blockOf(left: usize): i32 {
  if (left % 10 === 0) return 10
  if (left >= 12) return 12
  if (left >= 8) return 8
  return left >= 4 ? 4 : 1
}

/** target += Σ value × the `vectors` × 4 values at address + offset, over the pairs (address, value) of a list. */
export function addGathered(vectors: i32, list: usize, end: usize, offset: usize, target: usize): void {
  switch (vectors) {
    case 12:
      gather<v128>(list, end, offset, target)
      break
    case 10:
      gather<u64>(list, end, offset, target)
      break
    case 8:
      gather<u32>(list, end, offset, target)
      break
    case 4:
      gather<u16>(list, end, offset, target)
      break
    default:
      gather<u8>(list, end, offset, target)
      break
  }
}

/** The size of `Vectors`, a constant, stands for how many they are: 1, 2, 4, 8 and 16 bytes for 1, 4, 8, 10 and 12. */
function gather<Vectors>(list: usize, end: usize, offset: usize, target: usize): void {
  let s0 = v128.load(target)
  let s1 = sizeof<Vectors>() >= 2 ? v128.load(target, 16) : s0
  let s2 = sizeof<Vectors>() >= 2 ? v128.load(target, 32) : s0
  let s3 = sizeof<Vectors>() >= 2 ? v128.load(target, 48) : s0
  let s4 = sizeof<Vectors>() >= 4 ? v128.load(target, 64) : s0
  let s5 = sizeof<Vectors>() >= 4 ? v128.load(target, 80) : s0
  let s6 = sizeof<Vectors>() >= 4 ? v128.load(target, 96) : s0
  let s7 = sizeof<Vectors>() >= 4 ? v128.load(target, 112) : s0
  let s8 = sizeof<Vectors>() >= 8 ? v128.load(target, 128) : s0
  let s9 = sizeof<Vectors>() >= 8 ? v128.load(target, 144) : s0
  let s10 = sizeof<Vectors>() >= 16 ? v128.load(target, 160) : s0
  let s11 = sizeof<Vectors>() >= 16 ? v128.load(target, 176) : s0
  for (; list !== end; list += 8) {
    const at = load<u32>(list) + offset
    const by = v128.load32_splat(list, 4)
    s0 = f32x4.add(s0, f32x4.mul(by, v128.load(at)))
    if (sizeof<Vectors>() >= 2) s1 = f32x4.add(s1, f32x4.mul(by, v128.load(at, 16)))
    if (sizeof<Vectors>() >= 2) s2 = f32x4.add(s2, f32x4.mul(by, v128.load(at, 32)))
    if (sizeof<Vectors>() >= 2) s3 = f32x4.add(s3, f32x4.mul(by, v128.load(at, 48)))
    if (sizeof<Vectors>() >= 4) s4 = f32x4.add(s4, f32x4.mul(by, v128.load(at, 64)))
    if (sizeof<Vectors>() >= 4) s5 = f32x4.add(s5, f32x4.mul(by, v128.load(at, 80)))
    if (sizeof<Vectors>() >= 4) s6 = f32x4.add(s6, f32x4.mul(by, v128.load(at, 96)))
    if (sizeof<Vectors>() >= 4) s7 = f32x4.add(s7, f32x4.mul(by, v128.load(at, 112)))
    if (sizeof<Vectors>() >= 8) s8 = f32x4.add(s8, f32x4.mul(by, v128.load(at, 128)))
    if (sizeof<Vectors>() >= 8) s9 = f32x4.add(s9, f32x4.mul(by, v128.load(at, 144)))
    if (sizeof<Vectors>() >= 16) s10 = f32x4.add(s10, f32x4.mul(by, v128.load(at, 160)))
    if (sizeof<Vectors>() >= 16) s11 = f32x4.add(s11, f32x4.mul(by, v128.load(at, 176)))
  }
  v128.store(target, s0)
  if (sizeof<Vectors>() >= 2) v128.store(target, s1, 16)
  if (sizeof<Vectors>() >= 2) v128.store(target, s2, 32)
  if (sizeof<Vectors>() >= 2) v128.store(target, s3, 48)
  if (sizeof<Vectors>() >= 4) v128.store(target, s4, 64)
  if (sizeof<Vectors>() >= 4) v128.store(target, s5, 80)
  if (sizeof<Vectors>() >= 4) v128.store(target, s6, 96)
  if (sizeof<Vectors>() >= 4) v128.store(target, s7, 112)
  if (sizeof<Vectors>() >= 8) v128.store(target, s8, 128)
  if (sizeof<Vectors>() >= 8) v128.store(target, s9, 144)
  if (sizeof<Vectors>() >= 16) v128.store(target, s10, 160)
  if (sizeof<Vectors>() >= 16) v128.store(target, s11, 176)
}
