import type { Kernels } from './kernels.ts'
import { plainKernels } from './plain.ts'
import { createSimdKernels } from './simd.ts'
import { instantiateSimd } from './simd-module.ts'

let loading: Promise<Kernels> | undefined

/**
 * The fastest kernels this engine runs: SIMD where WebAssembly accepts it, plain otherwise (`name` says which). One
 * instance serves the whole thread, since each would reserve gigabytes of address space; a worker loads its own.
 */
export function loadKernels(): Promise<Kernels> {
  loading ??= instantiateSimd().then((simd) => (simd ? createSimdKernels(simd) : plainKernels))
  return loading
}
