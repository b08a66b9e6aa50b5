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
