import { lazily } from './lazily.ts'

const loadReader = lazily(() => import('./assignments.ts'))

/** What reads assignments of tasks that are not plain ones. */
export const loadAssignments = async () => (await loadReader()).assignments
