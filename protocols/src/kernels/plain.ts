import type { Kernels } from './kernels.ts'
import { plainAccumulators } from './plain-accumulators.ts'
import { plainSumKernels } from './plain-sums.ts'
import { plainVectors } from './plain-vectors.ts'

/** The kernels in plain TypeScript, for engines without WebAssembly SIMD and as the readable definition of each. */
export const plainKernels: Kernels = { ...plainVectors, ...plainSumKernels, ...plainAccumulators }
