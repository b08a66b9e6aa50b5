import type { RoundId } from '@tributary/protocols'
import {
  createOpener,
  type EncodedPublicKey,
  type EnvelopePrimitives,
  encodePublicKey,
  keyPairFromSecret,
  type Opener,
} from '@tributary/protocols/crypto'
import type { Random } from '@tributary/protocols/runtime'
import type { RoundKey } from '../ports/records.ts'
import type { Store } from '../ports/store.ts'
import { deriveKey } from './own-key.ts'
import { sealSecret, unsealSecret } from './sealed-secret.ts'

/**
 * The key pair that a round's updates are sealed to. The secret key rests encrypted (AES-256-GCM, the round's id as
 * associated data) under a key derived from the coordinator's own, and in memory while the round is at work.
 */
export type RoundKeys = {
  /** The round's public key, made at the first call. */
  make(round: RoundId): Promise<EncodedPublicKey>
  /** What opens the round's updates, or `undefined` once the key has been destroyed. */
  opener(round: RoundId): Promise<Opener | undefined>
  /** Destroys it: what is still sealed to it can never be opened again; what was said in the round's session goes with it. Harmless twice. */
  destroy(round: RoundId): Promise<void>
  /** Wipes from memory the keys that another process has destroyed. */
  forgetDestroyed(): Promise<void>
}

export const createRoundKeys = ({
  store,
  random,
  ownKey,
  primitives,
}: {
  store: Pick<Store, 'roundKey' | 'commit'>
  random: Random
  ownKey: Uint8Array
  primitives: Required<EnvelopePrimitives>
}): RoundKeys => {
  const wrappingKey = deriveKey(ownKey, 'round keys')
  const inMemory = new Map<RoundId, { secretKey: Uint8Array; opener: Opener }>()
  const remember = (round: RoundId, secretKey: Uint8Array): Opener => {
    const opener = createOpener({ secretKey, ...primitives })
    inMemory.set(round, { secretKey, opener })
    return opener
  }
  const forget = (round: RoundId) => {
    inMemory.get(round)?.secretKey.fill(0)
    inMemory.delete(round)
  }
  /** Whoever asks for a key while it is being destroyed must not bring it back from the tables. */
  const destroying = new Set<RoundId>()
  /** What was read before keys were swept from memory may be of one that is destroyed: it is read again. */
  let sweeps = 0
  return {
    async make(round) {
      const existing = await store.roundKey(round)
      if (existing) return existing.publicKey
      const { publicKey, secretKey } = keyPairFromSecret(random.bytes(32), primitives.x25519)
      const key: RoundKey = {
        round,
        publicKey: encodePublicKey(publicKey),
        sealedSecret: sealSecret(wrappingKey, round, secretKey, random),
      }
      await store.commit([{ kind: 'insert-round-key', key }])
      remember(round, secretKey)
      return key.publicKey
    },
    async opener(round) {
      const known = inMemory.get(round)
      if (known) return known.opener
      let sweep: number
      let stored: RoundKey | undefined
      do {
        sweep = sweeps
        stored = await store.roundKey(round)
      } while (sweep !== sweeps)
      if (!stored || destroying.has(round)) return undefined
      return remember(round, unwrap(wrappingKey, round, stored.sealedSecret))
    },
    async forgetDestroyed() {
      sweeps++
      for (const round of [...inMemory.keys()]) if (!(await store.roundKey(round))) forget(round)
    },
    async destroy(round) {
      destroying.add(round)
      forget(round)
      try {
        await store.commit([
          { kind: 'destroy-round-key', round },
          { kind: 'erase-session', round },
        ])
      } finally {
        destroying.delete(round)
      }
    },
  }
}

/** Whether the own key opens a round's stored key. Changes nothing, and keeps nothing of it. */
export const opensRoundKey = (ownKey: Uint8Array, { round, sealedSecret }: RoundKey): boolean => {
  try {
    unwrap(deriveKey(ownKey, 'round keys'), round, sealedSecret).fill(0)
    return true
  } catch {
    return false
  }
}

const unwrap = (key: Uint8Array, round: RoundId, sealed: Uint8Array): Uint8Array => {
  try {
    return unsealSecret(key, round, sealed)
  } catch (cause) {
    throw new Error(
      `the key of round ${round} does not open with this coordinator's own key: was the data folder's key file replaced?`,
      { cause },
    )
  }
}
