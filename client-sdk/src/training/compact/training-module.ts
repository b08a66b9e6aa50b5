import { TributaryError } from '../../tributary-error.ts'
import { trainingBase64 } from './training.generated.ts'

/** What assembly/index.ts exports. Numbers are addresses in bytes or counts; see there. */
export type TrainingKernels = {
  memory: WebAssembly.Memory
  heapBase(): number
  clear(x: number, bytes: number): void
  multiply(
    a: number,
    aStep: number,
    rows: number,
    depth: number,
    b: number,
    columns: number,
    bias: number,
    floor: number,
    c: number,
    scratch: number,
  ): void
  multiplyTransposedLeft(
    a: number,
    aStep: number,
    rows: number,
    depth: number,
    b: number,
    columns: number,
    base: number,
    baseStep: number,
    factor: number,
    c: number,
    scratch: number,
  ): void
  multiplyTransposedRight(
    a: number,
    rows: number,
    depth: number,
    b: number,
    columns: number,
    zeros: number,
    c: number,
    cStep: number,
    scratch: number,
  ): void
  packPanels(w: number, depth: number, columns: number, panels: number): void
  packTransposedPanels(w: number, depth: number, columns: number, panels: number, table: number): void
  addProduct(
    a: number,
    rows: number,
    depth: number,
    panels: number,
    columns: number,
    c: number,
    scratch: number,
  ): void
  lstmForward(
    z: number,
    before: number,
    c: number,
    tanhC: number,
    h: number,
    rows: number,
    units: number,
    hard: number,
  ): void
  lstmBackward(
    z: number,
    before: number,
    tanhC: number,
    dh: number,
    dc: number,
    rows: number,
    units: number,
    hard: number,
  ): void
  convolve(
    geometry: number,
    images: number,
    x: number,
    w: number,
    bias: number,
    floor: number,
    y: number,
    scratch: number,
  ): void
  convolutionGradient(
    geometry: number,
    images: number,
    x: number,
    dy: number,
    w: number,
    dw: number,
    dx: number,
    scratch: number,
  ): void
  copyRows(
    from: number,
    fromRow: number,
    fromImage: number,
    to: number,
    toRow: number,
    toImage: number,
    rowBytes: number,
    rows: number,
    images: number,
  ): void
  maxPool(pool: number, images: number, x: number, y: number): void
  maxPoolGradient(pool: number, images: number, x: number, y: number, dy: number, dx: number): void
  relu(y: number, length: number): void
  reluGradient(gradient: number, y: number, length: number): void
  sigmoid(y: number, length: number): void
  sigmoidGradient(gradient: number, y: number, length: number): void
  tanh(y: number, length: number): void
  tanhGradient(gradient: number, y: number, length: number): void
  softmax(y: number, rows: number, width: number): void
  softmaxGradient(gradient: number, y: number, rows: number, width: number): void
  moments(x: number, rows: number, columns: number, mean: number, variance: number): void
  inverseDeviations(variance: number, columns: number, epsilon: number, out: number): void
  normalizeRows(
    x: number,
    rows: number,
    columns: number,
    mean: number,
    inverse: number,
    gamma: number,
    beta: number,
    normed: number,
    y: number,
  ): void
  sumProducts(a: number, b: number, rows: number, columns: number, out: number): void
  normalizeGradient(
    dy: number,
    normed: number,
    rows: number,
    columns: number,
    gamma: number,
    inverse: number,
    dBeta: number,
    dGamma: number,
    dx: number,
  ): void
  dropout(x: number, y: number, length: number, seed: number, threshold: number, scale: number): void
  gatherRows(table: number, rowBytes: number, ids: number, count: number, out: number): void
  scatterRows(table: number, rowBytes: number, ids: number, count: number, rows: number, factor: number): void
  sumRows(x: number, rows: number, columns: number, base: number, factor: number, out: number): void
  toIds(x: number, count: number, limit: number, ids: number): number
  softmaxLossOfClasses(
    logits: number,
    classes: number,
    rows: number,
    width: number,
    scale: number,
    gradient: number,
    totals: number,
  ): void
  softmaxLossOfRows(
    logits: number,
    targets: number,
    rows: number,
    width: number,
    scale: number,
    gradient: number,
    totals: number,
  ): void
  differenceGradient(
    predictions: number,
    targets: number,
    length: number,
    scale: number,
    gradient: number,
  ): void
  descend(w: number, g: number, length: number, rate: number): void
  descendWithMomentum(w: number, g: number, v: number, length: number, decay: number, rate: number): void
  adam(
    w: number,
    g: number,
    mean: number,
    square: number,
    length: number,
    beta1: number,
    oneLessBeta1: number,
    beta2: number,
    oneLessBeta2: number,
    epsilon: number,
    rate: number,
    correction: number,
  ): void
  pullTowards(g: number, w: number, anchor: number, length: number, pull: number): void
  regularize(g: number, w: number, length: number, l1: number, l2: number): void
}

let compiling: Promise<WebAssembly.Module> | undefined

/** A fresh instance, with memory of its own; the module is compiled once. @throws TributaryError `no-backend`. */
export const instantiateTraining = async (): Promise<TrainingKernels> => {
  compiling ??= compile()
  const instance = await WebAssembly.instantiate(await compiling)
  // The bytes are our own compile, held equal to the assembly sources by a test.
  return instance.exports as TrainingKernels
}

const compile = async (): Promise<WebAssembly.Module> => {
  const bytes = Uint8Array.from(atob(trainingBase64), (character) => character.charCodeAt(0))
  if (typeof WebAssembly === 'undefined' || !WebAssembly.validate(bytes))
    throw unavailable('this engine has no WebAssembly with SIMD')
  return WebAssembly.compile(bytes).catch((cause: unknown) => {
    throw unavailable('this page may not compile WebAssembly', cause)
  })
}

const unavailable = (problem: string, cause?: unknown) =>
  new TributaryError(
    {
      code: 'no-backend',
      problem: `the compact trainer does not run here: ${problem}`,
      remedy: 'Train with createTfjsTrainer, whose backends need less',
    },
    { cause },
  )
