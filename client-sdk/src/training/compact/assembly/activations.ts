/** Elementwise functions over whole groups of four values, in place; and their gradients. */
import { exp4, sigmoid4, tanh4 } from './exponential'

/** y = 1 / (1 + e^−y) */
export function sigmoid(y: usize, length: usize): void {
  for (const end = y + length * 4; y < end; y += 16) v128.store(y, sigmoid4(v128.load(y)))
}

/** y = 2 / (1 + e^−2y) − 1 */
export function tanh(y: usize, length: usize): void {
  for (const end = y + length * 4; y < end; y += 16) v128.store(y, tanh4(v128.load(y)))
}

/** gradient = 0 where y is. */
export function reluGradient(gradient: usize, y: usize, length: usize): void {
  const zero = f32x4.splat(0)
  for (const end = y + length * 4; y < end; y += 16) {
    v128.store(gradient, v128.and(v128.load(gradient), f32x4.gt(v128.load(y), zero)))
    gradient += 16
  }
}

/** gradient ×= y (1 − y) */
export function sigmoidGradient(gradient: usize, y: usize, length: usize): void {
  const one = f32x4.splat(1)
  for (const end = y + length * 4; y < end; y += 16) {
    const value = v128.load(y)
    v128.store(gradient, f32x4.mul(v128.load(gradient), f32x4.mul(value, f32x4.sub(one, value))))
    gradient += 16
  }
}

/** gradient ×= 1 − y² */
export function tanhGradient(gradient: usize, y: usize, length: usize): void {
  const one = f32x4.splat(1)
  for (const end = y + length * 4; y < end; y += 16) {
    const value = v128.load(y)
    v128.store(gradient, f32x4.mul(v128.load(gradient), f32x4.sub(one, f32x4.mul(value, value))))
    gradient += 16
  }
}

/** Each row of `width` values becomes e^(y − largest) over the sum of them. */
export function softmax(y: usize, rows: usize, width: usize): void {
  const end = y + rows * width * 4
  while (y < end) {
    const sum = exponentials(y, y, width, largest(y, width))
    for (const rowEnd = y + width * 4; y < rowEnd; y += 4) store<f32>(y, load<f32>(y) / sum)
  }
}

/** gradient = y (gradient − ⟨gradient, y⟩), row by row. */
export function softmaxGradient(gradient: usize, y: usize, rows: usize, width: usize): void {
  const end = y + rows * width * 4
  while (y < end) {
    let dot: f32 = 0
    for (let i: usize = 0; i < width * 4; i += 4) dot += load<f32>(gradient + i) * load<f32>(y + i)
    for (const rowEnd = y + width * 4; y < rowEnd; y += 4) {
      store<f32>(gradient, load<f32>(y) * (load<f32>(gradient) - dot))
      gradient += 4
    }
  }
}

export function largest(x: usize, width: usize): f32 {
  let top = load<f32>(x)
  for (let i: usize = 4; i < width * 4; i += 4) top = max(top, load<f32>(x + i))
  return top
}

/** out = e^(x − top) for `width` values; gives their sum. Three values behind the last are left as they were. */
export function exponentials(x: usize, out: usize, width: usize, top: f32): f32 {
  const shift = f32x4.splat(top)
  let sum: f32 = 0
  let i: usize = 0
  for (; i + 4 <= width; i += 4) {
    const e = exp4(f32x4.sub(v128.load(x + i * 4), shift))
    v128.store(out + i * 4, e)
    sum +=
      f32x4.extract_lane(e, 0) +
      f32x4.extract_lane(e, 1) +
      (f32x4.extract_lane(e, 2) + f32x4.extract_lane(e, 3))
  }
  for (; i < width; i++) {
    const e = f32x4.extract_lane(exp4(f32x4.splat(load<f32>(x + i * 4) - top)), 0)
    store<f32>(out + i * 4, e)
    sum += e
  }
  return sum
}

/** y = max(y, 0) */
export function relu(y: usize, length: usize): void {
  const zero = f32x4.splat(0)
  for (const end = y + length * 4; y < end; y += 16) v128.store(y, f32x4.pmax(v128.load(y), zero))
}
