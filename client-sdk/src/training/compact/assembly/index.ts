// Entry of the training module. AssemblyScript, not TypeScript: `usize` is a byte address in the module's own memory, and
// lengths count float32 values. Every block of memory starts on 64 bytes and has room behind its last value, so kernels
// run over whole groups of four values.
export {
  relu,
  reluGradient,
  sigmoid,
  sigmoidGradient,
  softmax,
  softmaxGradient,
  tanh,
  tanhGradient,
} from './activations'
export {
  inverseDeviations,
  moments,
  normalizeGradient,
  normalizeRows,
  sumProducts,
} from './batch-normalization'
export { convolve, copyRows } from './convolution'
export { convolutionGradient } from './convolution-gradient'
export { dropout } from './dropout'
export { differenceGradient, softmaxLossOfClasses, softmaxLossOfRows } from './losses'
export { lstmBackward, lstmForward } from './lstm'
export { adam, descend, descendWithMomentum, pullTowards, regularize } from './optimizers'
export { addProduct, packPanels, packTransposedPanels } from './panels'
export { maxPool, maxPoolGradient } from './pooling'
export { multiply, multiplyTransposedLeft, multiplyTransposedRight } from './products'
export { gatherRows, scatterRows, sumRows, toIds } from './rows'

/** First byte that no static data of this module occupies; everything above belongs to the model. */
export function heapBase(): usize {
  return __heap_base
}

/** Makes values zero. */
export function clear(x: usize, bytes: usize): void {
  memory.fill(x, 0, bytes)
}
