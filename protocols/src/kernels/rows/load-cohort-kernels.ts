import { loadKernels } from '../load.ts'
import { plainKernels } from '../plain.ts'
import { createWorkspace } from '../workspace.ts'
import { plainRowKernels } from './plain-rows.ts'
import type { CohortKernels, RowKernels } from './row-kernels.ts'
import { instantiateRows } from './rows-module.ts'
import { simdRowKernels } from './simd-rows.ts'

let loading: Promise<CohortKernels> | undefined

/** The fastest kernels this engine runs, those over rows among them: one of each for the whole thread, as `loadKernels`. */
export function loadCohortKernels(): Promise<CohortKernels> {
  loading ??= load()
  return loading
}

async function load(): Promise<CohortKernels> {
  const kernels = await loadKernels()
  const simd = kernels.name === 'simd' ? await instantiateRows() : undefined
  const rows: RowKernels = simd ? simdRowKernels(createWorkspace(simd)) : plainRowKernels
  return { ...kernels, ...rows }
}

/** All of them in plain TypeScript. */
export const plainCohortKernels: CohortKernels = { ...plainKernels, ...plainRowKernels }
