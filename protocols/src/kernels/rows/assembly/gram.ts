/**
 * out[i, j] += ⟨row i, row j⟩ over one tile, for the upper triangle in blocks of three by three: nine running sums, which
 * with their operands just fit the sixteen vector registers of x86-64.
 *
 * `rows` is a multiple of three and `columns` of four; row i starts at tile + i * stride bytes; out is rows × rows
 * float64. Value k goes to float32 lane k mod 4; the lanes of a tile are added in float64 as (0 + 2) + (1 + 3).
 */
export function gramTile(tile: usize, rows: usize, stride: usize, columns: usize, out: usize): void {
  for (let i: usize = 0; i < rows; i += 3) {
    for (let j = i; j < rows; j += 3) {
      let x = tile + i * stride
      let y = tile + j * stride
      const end = x + columns * 4
      let s00 = f32x4.splat(0)
      let s01 = f32x4.splat(0)
      let s02 = f32x4.splat(0)
      let s10 = f32x4.splat(0)
      let s11 = f32x4.splat(0)
      let s12 = f32x4.splat(0)
      let s20 = f32x4.splat(0)
      let s21 = f32x4.splat(0)
      let s22 = f32x4.splat(0)
      while (x < end) {
        const y0 = v128.load(y)
        const y1 = v128.load(y + stride)
        const y2 = v128.load(y + 2 * stride)
        const x0 = v128.load(x)
        s00 = f32x4.add(s00, f32x4.mul(x0, y0))
        s01 = f32x4.add(s01, f32x4.mul(x0, y1))
        s02 = f32x4.add(s02, f32x4.mul(x0, y2))
        const x1 = v128.load(x + stride)
        s10 = f32x4.add(s10, f32x4.mul(x1, y0))
        s11 = f32x4.add(s11, f32x4.mul(x1, y1))
        s12 = f32x4.add(s12, f32x4.mul(x1, y2))
        const x2 = v128.load(x + 2 * stride)
        s20 = f32x4.add(s20, f32x4.mul(x2, y0))
        s21 = f32x4.add(s21, f32x4.mul(x2, y1))
        s22 = f32x4.add(s22, f32x4.mul(x2, y2))
        x += 16
        y += 16
      }
      const at = out + (i * rows + j) * 8
      addLanes(at, s00)
      addLanes(at + 8, s01)
      addLanes(at + 16, s02)
      addLanes(at + rows * 8, s10)
      addLanes(at + rows * 8 + 8, s11)
      addLanes(at + rows * 8 + 16, s12)
      addLanes(at + rows * 16, s20)
      addLanes(at + rows * 16 + 8, s21)
      addLanes(at + rows * 16 + 16, s22)
    }
  }
}

function addLanes(at: usize, lanes: v128): void {
  const low = f64x2.promote_low_f32x4(lanes)
  const high = f64x2.promote_low_f32x4(v128.shuffle<u32>(lanes, lanes, 2, 3, 2, 3))
  const pairs = f64x2.add(low, high)
  store<f64>(at, load<f64>(at) + (f64x2.extract_lane(pairs, 0) + f64x2.extract_lane(pairs, 1)))
}
