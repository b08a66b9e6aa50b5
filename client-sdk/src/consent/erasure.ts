import type { DeviceStores } from '../device/device.ts'
import type { RecordStore } from '../ports/record-store.ts'
import { TributaryError } from '../tributary-error.ts'
import { CONSENT } from './consent-record.ts'
import { WITHDRAWAL } from './withdrawal-names.ts'

/** What was not done, and why. */
export type Failure = { what: string; cause: unknown }

/** Erases everything of this client on this device but that it has withdrawn. A store that fails keeps none of the others. */
export const eraseEverything = async (stores: DeviceStores): Promise<Failure[]> => {
  const { keys, cache, participations, variates, records, personal } = stores
  return failuresOf({
    'the key': () => keys.erase(),
    'the models': () => cache.clear(),
    'the record of taking part': () => participations.clear(),
    'the vectors of its own': () => eraseRecords(variates),
    'the personal models': async () => personal?.erase(),
    'what it remembers': () => eraseRecords(records, [CONSENT, WITHDRAWAL]),
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

const eraseRecords = async (store: RecordStore, except: readonly string[] = []): Promise<void> => {
  for (const name of await store.names()) if (!except.includes(name)) await store.erase(name)
}

export const notErased = (failures: readonly Failure[]): TributaryError =>
  new TributaryError(
    {
      code: 'storage-failed',
      problem: `the client has withdrawn, and not all of it could be erased: ${failures.map(({ what }) => what).join(', ')}`,
      remedy: 'Call withdraw() again once the storage works; it is tried at the next start too',
    },
    { cause: new AggregateError(failures.map(({ cause }) => cause)) },
  )
