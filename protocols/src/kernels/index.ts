export type {
  Accumulator,
  ChaCha20Mask,
  Kernels,
  ModularAccumulator,
  Quantization,
  VectorKernels,
} from './kernels.ts'
export { KernelMemoryError } from './kernels.ts'
export { loadKernels } from './load.ts'
export { loadVectorKernels } from './load-vectors.ts'
export { plainKernels } from './plain.ts'
export { plainVectors } from './plain-vectors.ts'
