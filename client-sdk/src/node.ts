/** The SDK for Node: identity and models live in a folder, signatures and keys are OpenSSL's. */
import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Clock } from '@tributary/protocols/runtime'
import { endpointsOf } from './adapters/endpoints.ts'
import { fileKeyStore } from './adapters/file-key-store.ts'
import { fileModelCache } from './adapters/file-model-cache.ts'
import { fileParticipationStore } from './adapters/file-participation-store.ts'
import { fileRecordStore } from './adapters/file-record-store.ts'
import { nodePrimitives } from './adapters/node-primitives.ts'
import { FederatedClient } from './client.ts'
import type { ClientOptions } from './client-options.ts'
import { createPersonalTraining } from './personal/personal-training.ts'
import type { Trainer } from './training/trainer.ts'

export { fileKeyStore } from './adapters/file-key-store.ts'
export { fileModelCache } from './adapters/file-model-cache.ts'
export { fileParticipationStore } from './adapters/file-participation-store.ts'
export { fileRecordStore } from './adapters/file-record-store.ts'
export { nodePrimitives } from './adapters/node-primitives.ts'
export * from './index.ts'
export { createNodeClient as createClient }

export type NodeClientOptions<T extends Trainer = Trainer> = ClientOptions<T> & {
  /** Where identity and models are kept: `.tributary` in the user's home where it is left out. */
  folder?: string
}

/** A client whose identity and models outlive the process. Each coordinator has an identity of its own. */
export const createNodeClient = <T extends Trainer>({
  folder = join(homedir(), '.tributary'),
  ...options
}: NodeClientOptions<T>): FederatedClient<T> => {
  const { host } = new URL(endpointsOf(options.coordinator).participate)
  return new FederatedClient({
    keys: fileKeyStore(join(folder, 'identities', `${host.replaceAll(':', '-')}.key`)),
    cache: fileModelCache(join(folder, 'models')),
    participations: fileParticipationStore(join(folder, 'participations', host.replaceAll(':', '-'))),
    records: fileRecordStore(join(folder, 'records', host.replaceAll(':', '-'))),
    variates: fileRecordStore(join(folder, 'variates', host.replaceAll(':', '-'))),
    personal: createPersonalTraining({
      store: fileRecordStore(join(folder, 'personal', host.replaceAll(':', '-'))),
    }),
    ...options,
    surroundings: { stayAlive, primitives: nodePrimitives, circumstances, ...options.surroundings },
  })
}

const circumstances = async (clock: Clock) => {
  const { nodeCircumstances } = await import('./adapters/node-circumstances.ts')
  return nodeCircumstances({ clock })
}

/** While a line is down, nothing but a timer that is not let go of keeps Node from ending the process. */
const stayAlive = (): (() => void) => {
  const timer = setInterval(() => undefined, 2 ** 31 - 1)
  return () => clearInterval(timer)
}
