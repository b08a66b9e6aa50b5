/**
 * The SDK where the platform is not known: React Native, runtimes at the edge, an engine inside another program. It keeps everything in memory
 * unless the app gives stores, and loads nothing that only browsers or Node have.
 */
import { FederatedClient } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import type { Trainer } from './training/trainer.ts'

export * from './index.ts'

/** A client that keeps identity, consent and models where `keys`, `records`, `cache`, … say, and in memory where they are left out. */
export const createClient = <T extends Trainer>(options: ClientOptions<T>): FederatedClient<T> =>
  new FederatedClient(options)
