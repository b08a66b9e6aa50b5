import type { Kernels } from './kernels.ts'
import { simdAccumulators } from './simd-accumulators.ts'
import { createChacha20 } from './simd-chacha20.ts'
import type { SimdExports } from './simd-module.ts'
import { simdSumKernels } from './simd-sums.ts'
import { simdVectorKernels } from './simd-vector.ts'
import { createWorkspace } from './workspace.ts'

/** The kernels on one instance of the SIMD module. */
export function createSimdKernels(simd: SimdExports): Kernels {
  const workspace = createWorkspace(simd)
  const chacha20 = createChacha20(workspace)
  return {
    name: 'simd',
    ...simdAccumulators(workspace, chacha20),
    ...simdVectorKernels(workspace),
    ...simdSumKernels(workspace),
    chacha20Add: chacha20.add,
  }
}
