import type { Sha256 } from '@tributary/protocols/crypto'

/** Every client verifies the model that it is given; here that is one array for all of them, which is hashed once. */
export const hashOnce = (hash: Sha256): Sha256 => {
  const known = new WeakMap<Uint8Array, Uint8Array>()
  return (bytes) => {
    const digest = known.get(bytes) ?? hash(bytes)
    known.set(bytes, digest)
    return digest
  }
}
