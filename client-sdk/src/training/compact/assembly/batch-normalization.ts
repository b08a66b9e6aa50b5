/** Batch normalization of rows of `columns` values, column by column (Ioffe and Szegedy 2015). */

/** mean and variance (over n) of each column. */
export function moments(x: usize, rows: usize, columns: usize, mean: usize, variance: usize): void {
  const step = columns * 4
  const end = x + rows * step
  let column: usize = 0
  for (; column + 16 <= step; column += 16) {
    const over = f32x4.splat(1 / (rows as f32))
    let sum = f32x4.splat(0)
    for (let at = x; at < end; at += step) sum = f32x4.add(sum, v128.load(at + column))
    const middle = f32x4.mul(sum, over)
    let squares = f32x4.splat(0)
    for (let at = x; at < end; at += step) {
      const off = f32x4.sub(v128.load(at + column), middle)
      squares = f32x4.add(squares, f32x4.mul(off, off))
    }
    v128.store(mean + column, middle)
    v128.store(variance + column, f32x4.mul(squares, over))
  }
  for (; column < step; column += 4) {
    const over: f32 = 1 / (rows as f32)
    let sum: f32 = 0
    for (let at = x; at < end; at += step) sum += load<f32>(at + column)
    const middle = sum * over
    let squares: f32 = 0
    for (let at = x; at < end; at += step) {
      const off = load<f32>(at + column) - middle
      squares += off * off
    }
    store<f32>(mean + column, middle)
    store<f32>(variance + column, squares * over)
  }
}

/** out = 1 / √(variance + epsilon) */
export function inverseDeviations(variance: usize, columns: usize, epsilon: f32, out: usize): void {
  for (let i: usize = 0; i < columns * 4; i += 4)
    store<f32>(out + i, 1 / sqrt<f32>(load<f32>(variance + i) + epsilon))
}

/** normed = (x − mean) × inverse, y = normed × gamma + beta */
export function normalizeRows(
  x: usize,
  rows: usize,
  columns: usize,
  mean: usize,
  inverse: usize,
  gamma: usize,
  beta: usize,
  normed: usize,
  y: usize,
): void {
  const step = columns * 4
  for (const end = x + rows * step; x < end; x += step) {
    let i: usize = 0
    for (; i + 16 <= step; i += 16) {
      const value = f32x4.mul(f32x4.sub(v128.load(x + i), v128.load(mean + i)), v128.load(inverse + i))
      v128.store(normed + i, value)
      v128.store(y + i, f32x4.add(f32x4.mul(value, v128.load(gamma + i)), v128.load(beta + i)))
    }
    for (; i < step; i += 4) {
      const value = (load<f32>(x + i) - load<f32>(mean + i)) * load<f32>(inverse + i)
      store<f32>(normed + i, value)
      store<f32>(y + i, value * load<f32>(gamma + i) + load<f32>(beta + i))
    }
    normed += step
    y += step
  }
}

/** out = the sum of a × b over rows, column by column. */
export function sumProducts(a: usize, b: usize, rows: usize, columns: usize, out: usize): void {
  const step = columns * 4
  const end = a + rows * step
  const between = b - a
  let column: usize = 0
  for (; column + 16 <= step; column += 16) {
    let sum = f32x4.splat(0)
    for (let at = a + column; at < end; at += step)
      sum = f32x4.add(sum, f32x4.mul(v128.load(at), v128.load(at + between)))
    v128.store(out + column, sum)
  }
  for (; column < step; column += 4) {
    let sum: f32 = 0
    for (let at = a + column; at < end; at += step) sum += load<f32>(at) * load<f32>(at + between)
    store<f32>(out + column, sum)
  }
}

/** dx = gamma × inverse × (dy − dBeta / rows − normed × dGamma / rows): the batch's mean and variance move with x. */
export function normalizeGradient(
  dy: usize,
  normed: usize,
  rows: usize,
  columns: usize,
  gamma: usize,
  inverse: usize,
  dBeta: usize,
  dGamma: usize,
  dx: usize,
): void {
  const step = columns * 4
  const over: f32 = 1 / (rows as f32)
  const overAll = f32x4.splat(over)
  for (const end = dy + rows * step; dy < end; dy += step) {
    let i: usize = 0
    for (; i + 16 <= step; i += 16) {
      const pull = f32x4.add(v128.load(dBeta + i), f32x4.mul(v128.load(normed + i), v128.load(dGamma + i)))
      const scale = f32x4.mul(v128.load(gamma + i), v128.load(inverse + i))
      v128.store(dx + i, f32x4.mul(scale, f32x4.sub(v128.load(dy + i), f32x4.mul(pull, overAll))))
    }
    for (; i < step; i += 4) {
      const pull = load<f32>(dBeta + i) + load<f32>(normed + i) * load<f32>(dGamma + i)
      const scale = load<f32>(gamma + i) * load<f32>(inverse + i)
      store<f32>(dx + i, scale * (load<f32>(dy + i) - pull * over))
    }
    normed += step
    dx += step
  }
}
