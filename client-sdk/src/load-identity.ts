import {
  type CreateSigner,
  createIdentity,
  type Identity,
  identityFromSeed,
} from '@tributary/protocols/crypto'
import type { KeyStore } from './ports/key-store.ts'
import { TributaryError } from './tributary-error.ts'

const SEED_BYTES = 32

export type IdentityLoader = {
  /** The identity; made where the store has none. */
  load(): Promise<Identity>
  /** The next call asks the store again. */
  forget(): void
}

/**
 * The identity that the store keeps, made at the first call if there is none, from the platform's cryptographic
 * source whatever else is seeded. A store that failed is asked again the next time.
 */
export const identityLoader = (keys: KeyStore, createSigner: CreateSigner): IdentityLoader => {
  let loading: Promise<Identity> | undefined
  const load = async () => {
    const seed = (await keys.load()) ?? (await keys.keep(createIdentity().exportSeed()))
    if (!(seed instanceof Uint8Array) || seed.length !== SEED_BYTES) throw badKey()
    return identityFromSeed(seed, createSigner)
  }
  const forget = () => {
    loading = undefined
  }
  return {
    load() {
      loading ??= load().catch((error) => {
        forget()
        throw error
      })
      return loading
    },
    forget,
  }
}

const badKey = () =>
  new TributaryError({
    code: 'bad-key',
    problem: `the key store gave what is no key: ${SEED_BYTES} bytes are one`,
    remedy: 'Repair the key store, or restore what it keeps; a client with another key is another client',
  })
