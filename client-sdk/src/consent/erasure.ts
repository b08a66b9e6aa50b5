import type { DeviceStores } from '../device/device.ts'
import type { RecordStore } from '../ports/record-store.ts'

/** What was not done, and why. */
export type Failure = { what: string; cause: unknown }

/** Erases everything of this client on this device but the records that are spared. A store that fails keeps none of the others. */
export const eraseEverything = (stores: DeviceStores, spared: readonly string[]): Promise<Failure[]> => {
  const { keys, cache, participations, variates, records, personal } = stores
  return failuresOf({
    'the key': () => keys.erase(),
    'the models': () => cache.clear(),
    'the record of taking part': () => participations.clear(),
    'the vectors of its own': () => eraseRecords(variates, []),
    'the personal models': async () => personal?.erase(),
    'what it remembers': () => eraseRecords(records, spared),
  })
}

/** Does all of it, whatever fails. */
export const failuresOf = async (works: Record<string, () => Promise<unknown>>): Promise<Failure[]> => {
  const failures: Failure[] = []
  for (const [what, work] of Object.entries(works)) {
    try {
      await work()
    } catch (cause) {
      failures.push({ what, cause })
    }
  }
  return failures
}

const eraseRecords = async (store: RecordStore, spared: readonly string[]): Promise<void> => {
  for (const name of await store.names()) if (!spared.includes(name)) await store.erase(name)
}
