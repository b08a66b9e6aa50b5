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
import { TributaryError } from './tributary-error.ts'

export { indexedDbKeyStore } from './adapters/indexed-db-key-store.ts'
export { indexedDbModelCache } from './adapters/indexed-db-model-cache.ts'
export { indexedDbParticipationStore } from './adapters/indexed-db-participation-store.ts'
export { indexedDbRecordStore } from './adapters/indexed-db-record-store.ts'
export * from './index.ts'
export { createBrowserClient as createClient }

export type BrowserClientOptions<T extends Trainer = Trainer> = ClientOptions<T> & {
  /**
   * Whose client this is, where several people use one browser: 1 to 64 letters, digits, dots, hyphens and underscores. Each profile has key, consent,
   * models and memory of its own, and is a client of its own. Left out, the origin has one.
   */
  profile?: string
}

/**
 * A client whose identity and models outlive the page. Each coordinator has an identity of its own. Of several tabs with one identity one takes part
 * at a time, where the browser has locks (`navigator.locks`: pages over https have).
 * @throws TributaryError `bad-options`.
 */
export const createBrowserClient = <T extends Trainer>({
  profile,
  ...options
}: BrowserClientOptions<T>): FederatedClient<T> => {
  const { participate } = endpointsOf(options.coordinator)
  const locks: LockManager | undefined = navigator.locks
  const own = suffixOf(profile)
  return new FederatedClient({
    keys: indexedDbKeyStore(`tributary-keys ${participate}${own}`),
    cache: indexedDbModelCache(`tributary-models${own}`),
    participations: indexedDbParticipationStore(`tributary-participations ${participate}${own}`),
    records: indexedDbRecordStore(`tributary-records ${participate}${own}`),
    variates: indexedDbRecordStore(`tributary-variates ${participate}${own}`),
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

/** What the names of a profile's databases end with. */
const suffixOf = (profile: string | undefined): string => {
  if (profile === undefined) return ''
  if (/^[\w.-]{1,64}$/.test(profile)) return ` ${profile}`
  throw new TributaryError({
    code: 'bad-options',
    problem: `${JSON.stringify(profile.slice(0, 80))} is no profile`,
    remedy: 'Give 1 to 64 letters, digits, dots, hyphens and underscores',
  })
}

const circumstances = async (clock: Clock) => {
  const { browserCircumstances } = await import('./adapters/browser-circumstances.ts')
  return browserCircumstances(clock)
}
