import type { TaskId } from '@tributary/protocols'

/** The name of the record that holds a task's update on its way. */
export const pendingOf = (task: TaskId): string => `pending.${task}`
