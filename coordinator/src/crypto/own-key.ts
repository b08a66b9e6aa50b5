import { hkdfSync } from 'node:crypto'

/**
 * A key for one purpose, derived from the coordinator's own 32-byte key by HKDF-SHA256 (RFC 5869) with the purpose as
 * info, so that what is signed or encrypted for one purpose is worthless for another.
 */
export const deriveKey = (ownKey: Uint8Array, purpose: string): Uint8Array =>
  new Uint8Array(hkdfSync('sha256', ownKey, new Uint8Array(), `tributary coordinator v1: ${purpose}`, 32))

/** The coordinator's id, which follows from its own key: whoever has the one can tell whether it is that of the other. */
export const coordinatorIdOf = (ownKey: Uint8Array): string =>
  `coordinator-${Buffer.from(deriveKey(ownKey, 'id')).toString('hex').slice(0, 16)}`
