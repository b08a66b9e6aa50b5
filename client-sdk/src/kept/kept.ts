/** What this client keeps on its device for times without a network: the newest model, and an update on its way. */
import { lazily } from '../participation/lazily.ts'
import { loadModel } from '../participation/load-model.ts'
import type { KeptNeeds } from './create-kept.ts'
import type { NewestModel } from './newest-model.ts'
import type { PendingUpdate } from './pending-update.ts'

export type Kept = { newest: NewestModel; pending: PendingUpdate }

/** The code of it, apart from what an app loads at once; and for virtual clocks, on which loading takes no time, ahead of its use. */
export const loadKept = lazily(() => import('./create-kept.ts'))

/** Its code is on its way from here on, so that it is there when the network is not. */
export const keptSoon = (given: Omit<KeptNeeds, 'loadModel'>): Kept => {
  const needs = { ...given, loadModel }
  let made: Kept | undefined
  const kept = async (): Promise<Kept> => {
    const { createKept } = await loadKept()
    made ??= createKept(needs)
    return made
  }
  kept().catch(() => undefined) // whoever needs it loads it again, and hears why not
  return {
    newest: {
      restored: () => made?.newest.restored(),
      renew: async (...renewing) => (await kept()).newest.renew(...renewing),
      restore: async (pin) => (await kept()).newest.restore(pin),
      hold: async (...held) => (await kept()).newest.hold(...held),
    },
    pending: {
      keep: async (...sealed) => (await kept()).pending.keep(...sealed),
      load: async (client) => (await kept()).pending.load(client),
      forget: async (round) => (await kept()).pending.forget(round),
    },
  }
}
