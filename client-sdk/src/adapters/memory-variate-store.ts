import type { TaskId } from '@tributary/protocols'
import type { VariateStore } from '../ports/variate-store.ts'

/** Vectors for as long as this object lives. */
export const memoryVariateStore = (): VariateStore => {
  const kept = new Map<TaskId, Uint8Array>()
  return {
    load: async (task) => kept.get(task)?.slice(),
    async save(task, bytes) {
      kept.set(task, bytes.slice())
    },
    async erase(task) {
      kept.delete(task)
    },
  }
}
