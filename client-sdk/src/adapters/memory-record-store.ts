import type { RecordStore } from '../ports/record-store.ts'

/** Records for as long as this object lives. */
export const memoryRecordStore = (): RecordStore => {
  const kept = new Map<string, Uint8Array>()
  return {
    load: async (name) => kept.get(name)?.slice(),
    async save(name, bytes) {
      kept.set(name, bytes.slice())
    },
    async erase(name) {
      kept.delete(name)
    },
    names: async () => [...kept.keys()],
  }
}
