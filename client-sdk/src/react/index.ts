/** The SDK in React, 18 and newer: what a client is at, as a hook, and the question whether this device takes part, as a component. */
export type { ClientView, WatchedClient } from './client-view.ts'
export { Consent, type ConsentProps } from './consent.tsx'
export type { ConsentWords } from './consent-words.ts'
export { useFederatedClient } from './use-federated-client.ts'
