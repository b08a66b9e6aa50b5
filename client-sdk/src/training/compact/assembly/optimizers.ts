/** Steps of the plan's optimizers over whole groups of four values; what lies in the padding stays zero. */

/** w −= rate × g */
export function descend(w: usize, g: usize, length: usize, rate: f32): void {
  const by = f32x4.splat(rate)
  for (const end = w + length * 4; w < end; w += 16) {
    v128.store(w, f32x4.sub(v128.load(w), f32x4.mul(v128.load(g), by)))
    g += 16
  }
}

/** v ← decay × v + g, w −= rate × v (Sutskever et al. 2013) */
export function descendWithMomentum(
  w: usize,
  g: usize,
  v: usize,
  length: usize,
  decay: f32,
  rate: f32,
): void {
  const by = f32x4.splat(rate)
  const keep = f32x4.splat(decay)
  for (const end = w + length * 4; w < end; w += 16) {
    const velocity = f32x4.add(f32x4.mul(v128.load(v), keep), v128.load(g))
    v128.store(v, velocity)
    v128.store(w, f32x4.sub(v128.load(w), f32x4.mul(velocity, by)))
    g += 16
    v += 16
  }
}

/** Kingma and Ba 2015, algorithm 1: `rate` and `correction` hold the step's corrections of both moments. */
export function adam(
  w: usize,
  g: usize,
  mean: usize,
  square: usize,
  length: usize,
  beta1: f32,
  oneLessBeta1: f32,
  beta2: f32,
  oneLessBeta2: f32,
  epsilon: f32,
  rate: f32,
  correction: f32,
): void {
  for (const end = w + length * 4; w < end; w += 16) {
    const gradient = v128.load(g)
    const m = f32x4.add(
      f32x4.mul(v128.load(mean), f32x4.splat(beta1)),
      f32x4.mul(gradient, f32x4.splat(oneLessBeta1)),
    )
    const s = f32x4.add(
      f32x4.mul(v128.load(square), f32x4.splat(beta2)),
      f32x4.mul(f32x4.mul(gradient, gradient), f32x4.splat(oneLessBeta2)),
    )
    v128.store(mean, m)
    v128.store(square, s)
    const scale = f32x4.add(f32x4.sqrt(f32x4.mul(s, f32x4.splat(correction))), f32x4.splat(epsilon))
    v128.store(w, f32x4.sub(v128.load(w), f32x4.mul(f32x4.div(m, scale), f32x4.splat(rate))))
    g += 16
    mean += 16
    square += 16
  }
}

/** g += pull × (w − anchor): FedProx (Li et al. 2020), or, with an anchor of zeros, the gradient of ½ pull ‖w‖². */
export function pullTowards(g: usize, w: usize, anchor: usize, length: usize, pull: f32): void {
  const by = f32x4.splat(pull)
  for (const end = w + length * 4; w < end; w += 16) {
    v128.store(g, f32x4.add(v128.load(g), f32x4.mul(f32x4.sub(v128.load(w), v128.load(anchor)), by)))
    g += 16
    anchor += 16
  }
}

/** g += 2 × l2 × w + l1 × sign w */
export function regularize(g: usize, w: usize, length: usize, l1: f32, l2: f32): void {
  const zero = f32x4.splat(0)
  const square = f32x4.splat(2 * l2)
  const plus = f32x4.splat(l1)
  for (const end = w + length * 4; w < end; w += 16) {
    const value = v128.load(w)
    const up = v128.and(f32x4.gt(value, zero), plus)
    const down = v128.and(f32x4.lt(value, zero), plus)
    v128.store(g, f32x4.add(v128.load(g), f32x4.add(f32x4.mul(value, square), f32x4.sub(up, down))))
    g += 16
  }
}
