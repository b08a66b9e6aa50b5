/** acc[i] = acc[i] + x[i] mod 2³² */
export function addMod32(acc: usize, x: usize, length: usize): void {
  const end = acc + length * 4
  while (acc < end) {
    v128.store(acc, i32x4.add(v128.load(acc), v128.load(x)))
    v128.store(acc, i32x4.add(v128.load(acc, 16), v128.load(x, 16)), 16)
    v128.store(acc, i32x4.add(v128.load(acc, 32), v128.load(x, 32)), 32)
    v128.store(acc, i32x4.add(v128.load(acc, 48), v128.load(x, 48)), 48)
    acc += 64
    x += 64
  }
}

/** acc[i] = acc[i] - x[i] mod 2³² */
export function subtractMod32(acc: usize, x: usize, length: usize): void {
  const end = acc + length * 4
  while (acc < end) {
    v128.store(acc, i32x4.sub(v128.load(acc), v128.load(x)))
    v128.store(acc, i32x4.sub(v128.load(acc, 16), v128.load(x, 16)), 16)
    v128.store(acc, i32x4.sub(v128.load(acc, 32), v128.load(x, 32)), 32)
    v128.store(acc, i32x4.sub(v128.load(acc, 48), v128.load(x, 48)), 48)
    acc += 64
    x += 64
  }
}

/**
 * acc[i] = acc[i] + the i-th whole number of `bits` bits in `packed`, mod 2³². A number's bits follow those of the one
 * before, lowest first. Reads up to 15 bytes past the last number.
 */
export function addPacked(acc: usize, packed: usize, length: usize, bits: u32): void {
  let at: usize = 0
  if ((bits & 1) === 0 && bits <= 28) {
    // Four numbers start and end on whole bytes and each lies within four: those are brought into its lane, shifted up
    // until nothing is left above the number, and down again.
    const lanes = fourBytesOfEach(bits)
    const down = <i32>(32 - bits)
    const up = upToTheTop(bits)
    const step = <usize>(bits >> 1)
    for (const end = length & ~3; at < end; at += 4) {
      const four = i32x4.mul(i8x16.swizzle(v128.load(packed), lanes), up)
      v128.store(acc, i32x4.add(v128.load(acc), i32x4.shr_u(four, down)))
      acc += 16
      packed += step
    }
  }
  const keep = ((<u64>1) << bits) - 1
  for (let bit: u64 = 0; at < length; at++) {
    const word = load<u64>(packed + <usize>(bit >> 3)) >> (bit & 7)
    store<u32>(acc, load<u32>(acc) + <u32>(word & keep))
    acc += 4
    bit += bits
  }
}

/** What brings the four bytes in which each of four numbers begins into its lane. */
function fourBytesOfEach(bits: u32): v128 {
  let lanes = i32x4.splat(0x03020100)
  lanes = i32x4.replace_lane(lanes, 1, 0x03020100 + (bits >> 3) * 0x01010101)
  lanes = i32x4.replace_lane(lanes, 2, 0x03020100 + ((2 * bits) >> 3) * 0x01010101)
  return i32x4.replace_lane(lanes, 3, 0x03020100 + ((3 * bits) >> 3) * 0x01010101)
}

/** The factors that move each of four numbers to the top of its lane. */
function upToTheTop(bits: u32): v128 {
  let up = i32x4.splat(1 << (32 - bits))
  up = i32x4.replace_lane(up, 1, 1 << (32 - bits - (bits & 7)))
  up = i32x4.replace_lane(up, 2, 1 << (32 - bits - ((2 * bits) & 7)))
  return i32x4.replace_lane(up, 3, 1 << (32 - bits - ((3 * bits) & 7)))
}
