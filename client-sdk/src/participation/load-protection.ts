import { lazily } from './lazily.ts'
import { loadAssignments } from './load-assignments.ts'

/**
 * What private rounds need beyond plain ones, ahead of the first of them: for apps that may be without a network by then, and
 * for virtual clocks, on which loading takes no time. Most apps never need noise and masks, and they are a third of the SDK.
 */
export const loadProtection = lazily(
  () => import('./protected-update.ts'),
  ({ loadVectorKernels }) => Promise.all([loadVectorKernels(), loadAssignments()]),
)
