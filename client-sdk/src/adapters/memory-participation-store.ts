import type { TaskId } from '@tributary/protocols'
import type { ParticipationRecord } from '@tributary/protocols/privacy'
import type { ParticipationStore } from '../ports/participation-store.ts'

/** Records for as long as this object lives: for tests and simulations. */
export const memoryParticipationStore = (): ParticipationStore => {
  const records = new Map<TaskId, ParticipationRecord>()
  return {
    load: async (task) => records.get(task),
    async save(task, record) {
      records.set(task, record)
    },
    clear: async () => records.clear(),
  }
}
