/** SHA-256 of what an example is, by whatever is fastest here. */
import { digestOf, hashOfDigest } from '@tributary/protocols/tensors'

/** From here on the platform’s hash is faster than one in TypeScript, whatever it takes to ask for it. */
const ASK_PLATFORM_BYTES = 512

/** The bytes may be written over once this returns. */
export const hashOf = (bytes: Uint8Array<ArrayBuffer>): Uint8Array | Promise<Uint8Array> => {
  // Pages without a secure context have none.
  const subtle = globalThis.crypto?.subtle
  if (!subtle || bytes.length < ASK_PLATFORM_BYTES) return hashOfDigest(digestOf(bytes))
  return subtle.digest('SHA-256', bytes).then((hash) => new Uint8Array(hash))
}
