// ChaCha20, RFC 8439 section 2.3: four blocks at a time, word i of all four in the vector xi. Written out in full because
// the sixteen words must be locals to stay in registers; keeping them in memory costs a quarter of the speed.

/**
 * acc[i] = acc[i] ± keystream[i] mod 2³² over `blocks` blocks of 16 words, a multiple of four.
 * `state` holds the 16 words of the initial state; `sign` is 1 or -1. The block counter must not wrap.
 */
export function chacha20Add(acc: usize, blocks: usize, state: usize, sign: i32): void {
  // All ones to subtract, all zeros to add: (k ^ flip) - flip is -k or k.
  const flip = i32x4.splat(sign >> 1)
  const end = acc + blocks * 64
  let counter = i32x4.add(v128.load32_splat(state, 48), i32x4(0, 1, 2, 3))
  while (acc < end) {
    let x0 = v128.load32_splat(state, 0)
    let x1 = v128.load32_splat(state, 4)
    let x2 = v128.load32_splat(state, 8)
    let x3 = v128.load32_splat(state, 12)
    let x4 = v128.load32_splat(state, 16)
    let x5 = v128.load32_splat(state, 20)
    let x6 = v128.load32_splat(state, 24)
    let x7 = v128.load32_splat(state, 28)
    let x8 = v128.load32_splat(state, 32)
    let x9 = v128.load32_splat(state, 36)
    let x10 = v128.load32_splat(state, 40)
    let x11 = v128.load32_splat(state, 44)
    let x12 = counter
    let x13 = v128.load32_splat(state, 52)
    let x14 = v128.load32_splat(state, 56)
    let x15 = v128.load32_splat(state, 60)
    for (let round = 0; round < 10; round++) {
      x0 = i32x4.add(x0, x4)
      x12 = rotate16(v128.xor(x12, x0))
      x8 = i32x4.add(x8, x12)
      x4 = rotate12(v128.xor(x4, x8))
      x0 = i32x4.add(x0, x4)
      x12 = rotate8(v128.xor(x12, x0))
      x8 = i32x4.add(x8, x12)
      x4 = rotate7(v128.xor(x4, x8))
      x1 = i32x4.add(x1, x5)
      x13 = rotate16(v128.xor(x13, x1))
      x9 = i32x4.add(x9, x13)
      x5 = rotate12(v128.xor(x5, x9))
      x1 = i32x4.add(x1, x5)
      x13 = rotate8(v128.xor(x13, x1))
      x9 = i32x4.add(x9, x13)
      x5 = rotate7(v128.xor(x5, x9))
      x2 = i32x4.add(x2, x6)
      x14 = rotate16(v128.xor(x14, x2))
      x10 = i32x4.add(x10, x14)
      x6 = rotate12(v128.xor(x6, x10))
      x2 = i32x4.add(x2, x6)
      x14 = rotate8(v128.xor(x14, x2))
      x10 = i32x4.add(x10, x14)
      x6 = rotate7(v128.xor(x6, x10))
      x3 = i32x4.add(x3, x7)
      x15 = rotate16(v128.xor(x15, x3))
      x11 = i32x4.add(x11, x15)
      x7 = rotate12(v128.xor(x7, x11))
      x3 = i32x4.add(x3, x7)
      x15 = rotate8(v128.xor(x15, x3))
      x11 = i32x4.add(x11, x15)
      x7 = rotate7(v128.xor(x7, x11))
      x0 = i32x4.add(x0, x5)
      x15 = rotate16(v128.xor(x15, x0))
      x10 = i32x4.add(x10, x15)
      x5 = rotate12(v128.xor(x5, x10))
      x0 = i32x4.add(x0, x5)
      x15 = rotate8(v128.xor(x15, x0))
      x10 = i32x4.add(x10, x15)
      x5 = rotate7(v128.xor(x5, x10))
      x1 = i32x4.add(x1, x6)
      x12 = rotate16(v128.xor(x12, x1))
      x11 = i32x4.add(x11, x12)
      x6 = rotate12(v128.xor(x6, x11))
      x1 = i32x4.add(x1, x6)
      x12 = rotate8(v128.xor(x12, x1))
      x11 = i32x4.add(x11, x12)
      x6 = rotate7(v128.xor(x6, x11))
      x2 = i32x4.add(x2, x7)
      x13 = rotate16(v128.xor(x13, x2))
      x8 = i32x4.add(x8, x13)
      x7 = rotate12(v128.xor(x7, x8))
      x2 = i32x4.add(x2, x7)
      x13 = rotate8(v128.xor(x13, x2))
      x8 = i32x4.add(x8, x13)
      x7 = rotate7(v128.xor(x7, x8))
      x3 = i32x4.add(x3, x4)
      x14 = rotate16(v128.xor(x14, x3))
      x9 = i32x4.add(x9, x14)
      x4 = rotate12(v128.xor(x4, x9))
      x3 = i32x4.add(x3, x4)
      x14 = rotate8(v128.xor(x14, x3))
      x9 = i32x4.add(x9, x14)
      x4 = rotate7(v128.xor(x4, x9))
    }
    x0 = i32x4.add(x0, v128.load32_splat(state, 0))
    x1 = i32x4.add(x1, v128.load32_splat(state, 4))
    x2 = i32x4.add(x2, v128.load32_splat(state, 8))
    x3 = i32x4.add(x3, v128.load32_splat(state, 12))
    x4 = i32x4.add(x4, v128.load32_splat(state, 16))
    x5 = i32x4.add(x5, v128.load32_splat(state, 20))
    x6 = i32x4.add(x6, v128.load32_splat(state, 24))
    x7 = i32x4.add(x7, v128.load32_splat(state, 28))
    x8 = i32x4.add(x8, v128.load32_splat(state, 32))
    x9 = i32x4.add(x9, v128.load32_splat(state, 36))
    x10 = i32x4.add(x10, v128.load32_splat(state, 40))
    x11 = i32x4.add(x11, v128.load32_splat(state, 44))
    x12 = i32x4.add(x12, counter)
    x13 = i32x4.add(x13, v128.load32_splat(state, 52))
    x14 = i32x4.add(x14, v128.load32_splat(state, 56))
    x15 = i32x4.add(x15, v128.load32_splat(state, 60))
    addFourWords(acc, x0, x1, x2, x3, flip)
    addFourWords(acc + 16, x4, x5, x6, x7, flip)
    addFourWords(acc + 32, x8, x9, x10, x11, flip)
    addFourWords(acc + 48, x12, x13, x14, x15, flip)
    counter = i32x4.add(counter, i32x4.splat(4))
    acc += 256
  }
}

/** Turns four words of four blocks into four blocks of four words, and adds each 64 bytes after the one before. */
function addFourWords(acc: usize, a: v128, b: v128, c: v128, d: v128, flip: v128): void {
  const ab01 = v128.shuffle<u32>(a, b, 0, 4, 1, 5)
  const ab23 = v128.shuffle<u32>(a, b, 2, 6, 3, 7)
  const cd01 = v128.shuffle<u32>(c, d, 0, 4, 1, 5)
  const cd23 = v128.shuffle<u32>(c, d, 2, 6, 3, 7)
  addSigned(acc, v128.shuffle<u32>(ab01, cd01, 0, 1, 4, 5), flip)
  addSigned(acc + 64, v128.shuffle<u32>(ab01, cd01, 2, 3, 6, 7), flip)
  addSigned(acc + 128, v128.shuffle<u32>(ab23, cd23, 0, 1, 4, 5), flip)
  addSigned(acc + 192, v128.shuffle<u32>(ab23, cd23, 2, 3, 6, 7), flip)
}

function addSigned(acc: usize, keystream: v128, flip: v128): void {
  v128.store(acc, i32x4.add(v128.load(acc), i32x4.sub(v128.xor(keystream, flip), flip)))
}

/** A shuffle of half words is one instruction fewer than two shifts and an or. */
function rotate16(x: v128): v128 {
  return v128.shuffle<u16>(x, x, 1, 0, 3, 2, 5, 4, 7, 6)
}

function rotate12(x: v128): v128 {
  return v128.or(i32x4.shl(x, 12), i32x4.shr_u(x, 20))
}

function rotate8(x: v128): v128 {
  return v128.or(i32x4.shl(x, 8), i32x4.shr_u(x, 24))
}

function rotate7(x: v128): v128 {
  return v128.or(i32x4.shl(x, 7), i32x4.shr_u(x, 25))
}
