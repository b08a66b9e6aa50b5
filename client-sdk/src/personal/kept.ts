import type { TaskId } from '@tributary/protocols'
import { type Assignment, encodeAssignment } from '@tributary/protocols/task'
import { digestOf } from '@tributary/protocols/tensors'
import { decodeNamed, encodeNamed } from '../participation/named-vector.ts'
import type { RecordStore } from '../ports/record-store.ts'

export type Kept = {
  /** `undefined` where nothing is kept for this assignment, or nothing of this length that can be read: then it begins anew. */
  load(length: number): Promise<Float32Array | undefined>
  save(values: Float32Array): Promise<void>
}

/** What is this client's own of a task, under the assignment that it was trained by: of another task of that name it is not. */
export const keptFor = (
  store: RecordStore,
  { task, assignment }: { task: TaskId; assignment: Assignment },
): Kept => {
  const name = digestOf(encodeAssignment(assignment))
  return {
    async load(length) {
      const bytes = await store.load(task)
      return bytes && decodeNamed(bytes, name, length)
    },
    save: (values) => store.save(task, encodeNamed(name, values)),
  }
}
