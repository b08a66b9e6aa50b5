import type { ParticipationStore, RecordStore } from '@tributary/client-sdk'
import type { TaskId } from '@tributary/protocols'

/**
 * What a simulated client keeps from round to round, as bytes by name: its stores lie on top, and whoever keeps a world at rest takes
 * the entries as they are.
 */
export type ClientMemory = Map<string, Uint8Array>

/** How often the client took part in each task. */
export const participationsIn = (memory: ClientMemory): ParticipationStore => {
  const nameOf = (task: TaskId) => `participation ${task}`
  return {
    async load(task) {
      const bytes = memory.get(nameOf(task))
      return bytes && JSON.parse(new TextDecoder().decode(bytes))
    },
    async save(task, record) {
      memory.set(nameOf(task), new TextEncoder().encode(JSON.stringify(record)))
    },
    async clear() {
      for (const name of memory.keys()) if (name.startsWith('participation ')) memory.delete(name)
    },
  }
}

/** The client's own vector of each task whose strategy has one. */
export const variatesIn = (memory: ClientMemory): RecordStore => vectorsIn(memory, 'variate')

/** What of each task's model is the client's own, or the model that is. */
export const personalIn = (memory: ClientMemory): RecordStore => vectorsIn(memory, 'personal')

const vectorsIn = (memory: ClientMemory, kind: string): RecordStore => {
  const keyOf = (name: string) => `${kind} ${name}`
  return {
    load: async (name) => memory.get(keyOf(name))?.slice(),
    async save(name, bytes) {
      memory.set(keyOf(name), bytes.slice())
    },
    async erase(name) {
      memory.delete(keyOf(name))
    },
    names: async () =>
      [...memory.keys()].filter((key) => key.startsWith(keyOf(''))).map((key) => key.slice(keyOf('').length)),
  }
}
