import {
  type CreateSigner,
  createIdentity,
  type Identity,
  identityFromSeed,
} from '@tributary/protocols/crypto'
import type { KeyStore } from './ports/key-store.ts'

/**
 * The identity that the store keeps, made at the first call if there is none, from the platform's cryptographic
 * source whatever else is seeded. A store that failed is asked again the next time.
 */
export const identityLoader = (keys: KeyStore, createSigner: CreateSigner): (() => Promise<Identity>) => {
  let loading: Promise<Identity> | undefined
  const load = async () =>
    identityFromSeed((await keys.load()) ?? (await keys.keep(createIdentity().exportSeed())), createSigner)
  return () => {
    loading ??= load().catch((error) => {
      loading = undefined
      throw error
    })
    return loading
  }
}
