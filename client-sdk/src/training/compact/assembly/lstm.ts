/**
 * One moment of long short-term memory (Hochreiter and Schmidhuber 1997, with the forget gate of Gers et al. 2000), for every row of a
 * batch. A row of `z` holds the gates as Keras orders them, `units` values each: input i, forget f, candidate g, output o.
 * Rows need not be whole groups of four values: of a last group only those within are written.
 */
import { sigmoid4, tanh4 } from './exponential'

/**
 * From sums to gates, in place: c = f·before + i·g, h = o·tanh(c), and tanh(c) aside. Where `hard` is not 0 the sigmoids of i, f and
 * o are min(max(0.2 x + 0.5, 0), 1).
 */
export function lstmForward(
  z: usize,
  before: usize,
  c: usize,
  tanhC: usize,
  h: usize,
  rows: usize,
  units: usize,
  hard: u32,
): void {
  const gate = units * 4
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < gate; at += 16) {
      const within = lanes((gate - at) >> 2)
      const unit = z + at
      const i = gated(v128.load(unit), hard)
      const f = gated(v128.load(unit + gate), hard)
      const g = tanh4(v128.load(unit + 2 * gate))
      const o = gated(v128.load(unit + 3 * gate), hard)
      const state = f32x4.add(f32x4.mul(f, v128.load(before + at)), f32x4.mul(i, g))
      const bounded = tanh4(state)
      put(unit, i, within)
      put(unit + gate, f, within)
      put(unit + 2 * gate, g, within)
      put(unit + 3 * gate, o, within)
      put(c + at, state, within)
      put(tanhC + at, bounded, within)
      put(h + at, f32x4.mul(o, bounded), within)
    }
    z += 4 * gate
    before += gate
    c += gate
    tanhC += gate
    h += gate
  }
}

/** From gates to the gradients of their sums, in place; `dc` becomes the gradient by the state before. */
export function lstmBackward(
  z: usize,
  before: usize,
  tanhC: usize,
  dh: usize,
  dc: usize,
  rows: usize,
  units: usize,
  hard: u32,
): void {
  const one = f32x4.splat(1)
  const gate = units * 4
  for (; rows > 0; rows--) {
    for (let at: usize = 0; at < gate; at += 16) {
      const within = lanes((gate - at) >> 2)
      const unit = z + at
      const i = v128.load(unit)
      const f = v128.load(unit + gate)
      const g = v128.load(unit + 2 * gate)
      const o = v128.load(unit + 3 * gate)
      const bounded = v128.load(tanhC + at)
      const byH = v128.load(dh + at)
      const slope = f32x4.sub(one, f32x4.mul(bounded, bounded))
      const byC = f32x4.add(v128.load(dc + at), f32x4.mul(f32x4.mul(byH, o), slope))
      put(unit, f32x4.mul(f32x4.mul(byC, g), gateSlope(i, hard)), within)
      put(unit + gate, f32x4.mul(f32x4.mul(byC, v128.load(before + at)), gateSlope(f, hard)), within)
      put(unit + 2 * gate, f32x4.mul(f32x4.mul(byC, i), f32x4.sub(one, f32x4.mul(g, g))), within)
      put(unit + 3 * gate, f32x4.mul(f32x4.mul(byH, bounded), gateSlope(o, hard)), within)
      put(dc + at, f32x4.mul(byC, f), within)
    }
    z += 4 * gate
    before += gate
    tanhC += gate
    dh += gate
    dc += gate
  }
}

function gated(x: v128, hard: u32): v128 {
  if (hard === 0) return sigmoid4(x)
  const straight = f32x4.add(f32x4.mul(x, f32x4.splat(0.2)), f32x4.splat(0.5))
  return f32x4.min(f32x4.max(straight, f32x4.splat(0)), f32x4.splat(1))
}

/** By the activated value. */
function gateSlope(y: v128, hard: u32): v128 {
  const one = f32x4.splat(1)
  if (hard === 0) return f32x4.mul(y, f32x4.sub(one, y))
  const rises = v128.and(f32x4.gt(y, f32x4.splat(0)), f32x4.lt(y, one))
  return v128.and(f32x4.splat(0.2), rises)
}

/** All bits of the first `count` of four values; all where there are four or more. */
function lanes(count: usize): v128 {
  return i32x4.lt_u(i32x4(0, 1, 2, 3), i32x4.splat(count as i32))
}

function put(address: usize, value: v128, within: v128): void {
  v128.store(address, v128.bitselect(value, v128.load(address), within))
}
