export { loadCohortKernels, plainCohortKernels } from './load-cohort-kernels.ts'
export type { CohortKernels, RowKernels } from './row-kernels.ts'
