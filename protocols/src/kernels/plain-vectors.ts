import type { VectorKernels } from './kernels.ts'
import { plainChacha20Add } from './plain-chacha20.ts'
import { plainVectorKernels } from './plain-vector.ts'

/** Those that keep nothing between two calls, in plain TypeScript. */
export const plainVectors: VectorKernels = {
  name: 'plain',
  ...plainVectorKernels,
  chacha20Add: plainChacha20Add,
}
