import { useMemo, useSyncExternalStore } from 'react'
import { type ClientView, createViewStore, NOTHING_KNOWN, type WatchedClient } from './client-view.ts'

/**
 * What a component shows of a client, and anew when that changes. The component follows the client and no more: it neither joins nor leaves, so that
 * a client outlives the views of it. Make the client once, outside of components; leave it out while there is none, as on a server.
 */
export const useFederatedClient = (client: WatchedClient | undefined): ClientView => {
  const { subscribe, view } = useMemo(() => (client ? createViewStore(client) : NO_CLIENT), [client])
  return useSyncExternalStore(subscribe, view, nothingKnown)
}

const nothingKnown = () => NOTHING_KNOWN

const NO_CLIENT = { subscribe: () => () => undefined, view: nothingKnown }
