export type { Accumulator, ChaCha20Mask, Kernels, ModularAccumulator, Quantization } from './kernels.ts'
export { KernelMemoryError } from './kernels.ts'
export { loadKernels } from './load.ts'
export { plainKernels } from './plain.ts'
