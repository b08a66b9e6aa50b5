import type { Kernels } from './kernels.ts'
import { plainAccumulators } from './plain-accumulators.ts'
import { plainChacha20Add } from './plain-chacha20.ts'
import { plainVectorKernels } from './plain-vector.ts'

/** The kernels in plain TypeScript, for engines without WebAssembly SIMD and as the readable definition of each. */
export const plainKernels: Kernels = {
  name: 'plain',
  ...plainAccumulators,
  ...plainVectorKernels,
  chacha20Add: plainChacha20Add,
}
