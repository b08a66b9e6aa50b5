/** What is withdrawn from keeps nothing new: work that has yet to hear of it would otherwise write after everything was erased. */
import { CONSENT, WITHDRAWAL } from '../consent/consent-record.ts'
import type { RecordStore } from '../ports/record-store.ts'
import type { DeviceStores } from './device.ts'

/** These stores, where whatever is to be kept while consent `isWithdrawn` is let fall: all but that it is, and what of it is not done. */
export const fencedStores = (stores: DeviceStores, isWithdrawn: () => Promise<boolean>): DeviceStores => {
  const { cache, participations, records, variates } = stores
  const unlessWithdrawn = async (keep: () => Promise<void>) => {
    if (!(await isWithdrawn())) await keep()
  }
  const fenced = (store: RecordStore): RecordStore => ({
    load: (name) => store.load(name),
    names: () => store.names(),
    erase: (name) => store.erase(name),
    save: (name, bytes) => unlessWithdrawn(() => store.save(name, bytes)),
  })
  const others = fenced(records)
  return {
    ...stores,
    cache: {
      get: (digest) => cache.get(digest),
      put: (digest, bytes) => unlessWithdrawn(() => cache.put(digest, bytes)),
      clear: () => cache.clear(),
    },
    participations: {
      load: (task) => participations.load(task),
      save: (task, record) => unlessWithdrawn(() => participations.save(task, record)),
      clear: () => participations.clear(),
    },
    variates: fenced(variates),
    records: {
      ...others,
      save: (name, bytes) =>
        name === CONSENT || name === WITHDRAWAL ? records.save(name, bytes) : others.save(name, bytes),
    },
  }
}
