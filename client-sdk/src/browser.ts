/** The SDK for browsers: identity and models live in the page's IndexedDB. */
import type { ClientId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import { endpointsOf } from './adapters/endpoints.ts'
import { indexedDbKeyStore } from './adapters/indexed-db-key-store.ts'
import { indexedDbModelCache } from './adapters/indexed-db-model-cache.ts'
import { indexedDbParticipationStore } from './adapters/indexed-db-participation-store.ts'
import { indexedDbRecordStore } from './adapters/indexed-db-record-store.ts'
import { tabSiblings } from './adapters/tab-siblings.ts'
import { lazyGate } from './attendance/lazy-gate.ts'
import { FederatedClient } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import type { Trainer } from './training/trainer.ts'

export { indexedDbKeyStore } from './adapters/indexed-db-key-store.ts'
export { indexedDbModelCache } from './adapters/indexed-db-model-cache.ts'
export { indexedDbParticipationStore } from './adapters/indexed-db-participation-store.ts'
export { indexedDbRecordStore } from './adapters/indexed-db-record-store.ts'
export * from './index.ts'
export { createBrowserClient as createClient }

/**
 * A client whose identity and models outlive the page. Each coordinator has an identity of its own. Of several tabs with one identity one takes part
 * at a time, where the browser has locks (`navigator.locks`: pages over https have).
 */
export const createBrowserClient = <T extends Trainer>(options: ClientOptions<T>): FederatedClient<T> => {
  const { participate } = endpointsOf(options.coordinator)
  const locks: LockManager | undefined = navigator.locks
  return new FederatedClient({
    keys: indexedDbKeyStore(`tributary-keys ${participate}`),
    cache: indexedDbModelCache(),
    participations: indexedDbParticipationStore(`tributary-participations ${participate}`),
    records: indexedDbRecordStore(`tributary-records ${participate}`),
    variates: indexedDbRecordStore(`tributary-variates ${participate}`),
    ...(locks && {
      turnOf: (client: ClientId) =>
        lazyGate(async () => {
          const { webLocksTurn } = await import('./adapters/web-locks-turn.ts')
          return webLocksTurn(`tributary ${participate} ${client}`, locks)
        }),
    }),
    ...('BroadcastChannel' in globalThis && { siblings: tabSiblings(`tributary ${participate}`, locks) }),
    ...options,
    surroundings: { circumstances, ...options.surroundings },
  })
}

const circumstances = async (clock: Clock) => {
  const { browserCircumstances } = await import('./adapters/browser-circumstances.ts')
  return browserCircumstances(clock)
}
