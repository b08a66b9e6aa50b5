/** The plan's losses: gradients of their means by the logits, and for softmax what people are told. */
import { exponentials, largest } from './activations'

/**
 * Softmax cross-entropy of rows of `width` logits. `classes`: one i32 a row. gradient = (softmax − target) × scale.
 * totals[0] += Σ −log softmax[class]; totals[1] += rows whose first largest logit is that of their class. (float64)
 */
export function softmaxLossOfClasses(
  logits: usize,
  classes: usize,
  rows: usize,
  width: usize,
  scale: f32,
  gradient: usize,
  totals: usize,
): void {
  let loss: f64 = 0
  let right: f64 = 0
  for (let row: usize = 0; row < rows; row++) {
    const at = load<u32>(classes + row * 4) * 4
    const top = largest(logits, width)
    const sum = exponentials(logits, gradient, width, top)
    const own = load<f32>(logits + at)
    loss += Math.log(sum as f64) + ((top as f64) - (own as f64))
    if (firstAt(logits, top) === at) right += 1
    scaleBy(gradient, width, scale / sum)
    store<f32>(gradient + at, load<f32>(gradient + at) - scale)
    logits += width * 4
    gradient += width * 4
  }
  store<f64>(totals, load<f64>(totals) + loss)
  store<f64>(totals, load<f64>(totals, 8) + right, 8)
}

/** The same for targets of the logits' shape. */
export function softmaxLossOfRows(
  logits: usize,
  targets: usize,
  rows: usize,
  width: usize,
  scale: f32,
  gradient: usize,
  totals: usize,
): void {
  let loss: f64 = 0
  let right: f64 = 0
  for (let row: usize = 0; row < rows; row++) {
    const top = largest(logits, width)
    const sum = exponentials(logits, gradient, width, top)
    const logSum = Math.log(sum as f64) + (top as f64)
    for (let i: usize = 0; i < width * 4; i += 4) {
      const target = load<f32>(targets + i)
      loss += (target as f64) * (logSum - (load<f32>(logits + i) as f64))
      store<f32>(gradient + i, (load<f32>(gradient + i) / sum - target) * scale)
    }
    if (firstAt(logits, top) === firstAt(targets, largest(targets, width))) right += 1
    logits += width * 4
    targets += width * 4
    gradient += width * 4
  }
  store<f64>(totals, load<f64>(totals) + loss)
  store<f64>(totals, load<f64>(totals, 8) + right, 8)
}

/** gradient = (prediction − target) × scale, for predictions that are logits or their sigmoid. */
export function differenceGradient(
  predictions: usize,
  targets: usize,
  length: usize,
  scale: f32,
  gradient: usize,
): void {
  const by = f32x4.splat(scale)
  for (const end = predictions + length * 4; predictions < end; predictions += 16) {
    v128.store(gradient, f32x4.mul(f32x4.sub(v128.load(predictions), v128.load(targets)), by))
    targets += 16
    gradient += 16
  }
}

/** Bytes to the first value that is not less, so 0 where `top` is not a number. */
function firstAt(x: usize, top: f32): usize {
  let at: usize = 0
  while (load<f32>(x + at) < top) at += 4
  return at
}

function scaleBy(x: usize, length: usize, factor: f32): void {
  for (const end = x + length * 4; x < end; x += 4) store<f32>(x, load<f32>(x) * factor)
}
