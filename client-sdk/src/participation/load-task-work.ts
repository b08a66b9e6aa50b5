import { lazily } from './lazily.ts'
import { loadAssignments } from './load-assignments.ts'

/**
 * What tasks need that ask for more than a delta as it is, by their strategy, by compression or by a frozen part, ahead of the first of them: for apps that may be
 * without a network by then, and for virtual clocks, on which loading takes no time. Most apps never need it.
 */
export const loadTaskWork = lazily(() => import('./task-work.ts'), loadAssignments)
