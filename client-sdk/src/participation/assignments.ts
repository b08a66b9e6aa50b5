import './lazily.ts'
import { decodeAssignment } from '@tributary/protocols/task'
import { readOnce } from './read-once.ts'

/** Reads the assignment of any task. */
export const assignments = readOnce(decodeAssignment)
