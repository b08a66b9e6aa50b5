/**
 * The innermost loop of every product: up to five rows by eight (or four) columns of sums, held in registers.
 * x86-64 has sixteen vector registers, of which engines keep one: ten sums, two values of b, one of a and one product.
 *
 * a: for each k, `rows` neighbouring values; the next k is `aStep` bytes on. b: for each k, eight (or four) neighbouring
 * values; the next k is `bStep` bytes on. out[i, j] = max(base[i, j] + factor × Σ_k a[k, i] × b[k, j], floor), where
 * base may be out itself. Multiply and add stay two roundings: fused ones differ between machines.
 */
/** Eight columns. */
export function wideTile(
  rows: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: usize,
  base: usize,
  baseStep: usize,
  factor: f32,
  floor: f32,
  out: usize,
  outStep: usize,
): void {
  switch (rows) {
    case 5:
      sums<v128, v128>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    case 4:
      sums<u64, v128>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    case 3:
      sums<u32, v128>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    case 2:
      sums<u16, v128>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    default:
      sums<u8, v128>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
  }
}

/** Four columns. */
export function narrowTile(
  rows: usize,
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: usize,
  base: usize,
  baseStep: usize,
  factor: f32,
  floor: f32,
  out: usize,
  outStep: usize,
): void {
  switch (rows) {
    case 5:
      sums<v128, u64>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    case 4:
      sums<u64, u64>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    case 3:
      sums<u32, u64>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    case 2:
      sums<u16, u64>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
      break
    default:
      sums<u8, u64>(a, aStep, b, bStep, depth, base, baseStep, factor, floor, out, outStep)
  }
}

/**
 * Sizes of types are constants, and each choice of types makes a function of its own without what they rule out: `Rows`
 * of 1, 2, 4, 8 and 16 bytes stands for one to five rows, `Columns` of 16 bytes for eight columns and not four.
 */
function sums<Rows, Columns>(
  a: usize,
  aStep: usize,
  b: usize,
  bStep: usize,
  depth: usize,
  base: usize,
  baseStep: usize,
  factor: f32,
  floor: f32,
  out: usize,
  outStep: usize,
): void {
  let c00 = f32x4.splat(0)
  let c01 = c00
  let c10 = f32x4.splat(0)
  let c11 = c10
  let c20 = f32x4.splat(0)
  let c21 = c20
  let c30 = f32x4.splat(0)
  let c31 = c30
  let c40 = f32x4.splat(0)
  let c41 = c40
  for (const end = b + depth * bStep; b !== end; b += bStep) {
    const b0 = v128.load(b)
    const b1 = sizeof<Columns>() === 16 ? v128.load(b, 16) : b0
    const a0 = v128.load32_splat(a)
    c00 = f32x4.add(c00, f32x4.mul(a0, b0))
    if (sizeof<Columns>() === 16) c01 = f32x4.add(c01, f32x4.mul(a0, b1))
    if (sizeof<Rows>() >= 2) {
      const a1 = v128.load32_splat(a, 4)
      c10 = f32x4.add(c10, f32x4.mul(a1, b0))
      if (sizeof<Columns>() === 16) c11 = f32x4.add(c11, f32x4.mul(a1, b1))
    }
    if (sizeof<Rows>() >= 4) {
      const a2 = v128.load32_splat(a, 8)
      c20 = f32x4.add(c20, f32x4.mul(a2, b0))
      if (sizeof<Columns>() === 16) c21 = f32x4.add(c21, f32x4.mul(a2, b1))
    }
    if (sizeof<Rows>() >= 8) {
      const a3 = v128.load32_splat(a, 12)
      c30 = f32x4.add(c30, f32x4.mul(a3, b0))
      if (sizeof<Columns>() === 16) c31 = f32x4.add(c31, f32x4.mul(a3, b1))
    }
    if (sizeof<Rows>() >= 16) {
      const a4 = v128.load32_splat(a, 16)
      c40 = f32x4.add(c40, f32x4.mul(a4, b0))
      if (sizeof<Columns>() === 16) c41 = f32x4.add(c41, f32x4.mul(a4, b1))
    }
    a += aStep
  }
  const by = f32x4.splat(factor)
  const least = f32x4.splat(floor)
  put(base, out, c00, by, least)
  if (sizeof<Columns>() === 16) put(base + 16, out + 16, c01, by, least)
  if (sizeof<Rows>() >= 2) {
    base += baseStep
    out += outStep
    put(base, out, c10, by, least)
    if (sizeof<Columns>() === 16) put(base + 16, out + 16, c11, by, least)
  }
  if (sizeof<Rows>() >= 4) {
    base += baseStep
    out += outStep
    put(base, out, c20, by, least)
    if (sizeof<Columns>() === 16) put(base + 16, out + 16, c21, by, least)
  }
  if (sizeof<Rows>() >= 8) {
    base += baseStep
    out += outStep
    put(base, out, c30, by, least)
    if (sizeof<Columns>() === 16) put(base + 16, out + 16, c31, by, least)
  }
  if (sizeof<Rows>() >= 16) {
    base += baseStep
    out += outStep
    put(base, out, c40, by, least)
    if (sizeof<Columns>() === 16) put(base + 16, out + 16, c41, by, least)
  }
}

/** pmax keeps what is not a number, and is one instruction everywhere. */
function put(base: usize, out: usize, sum: v128, factor: v128, floor: v128): void {
  v128.store(out, f32x4.pmax(f32x4.add(v128.load(base), f32x4.mul(sum, factor)), floor))
}
