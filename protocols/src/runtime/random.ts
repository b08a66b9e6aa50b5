/** Chance as a port: keys come from the platform's cryptographic source, everything else may be seeded. */

export type Random = {
  /** `length` random bytes. */
  bytes(length: number): Uint8Array
}

/** crypto.getRandomValues fills at most this many bytes a call. */
const QUOTA_BYTES = 65_536

/** The platform's cryptographic random source: the only one that keys, nonces and masks may come from. */
export const systemRandom = (): Random => ({
  bytes(length) {
    const bytes = new Uint8Array(length)
    for (let at = 0; at < length; at += QUOTA_BYTES)
      crypto.getRandomValues(bytes.subarray(at, Math.min(length, at + QUOTA_BYTES)))
    return bytes
  },
})
