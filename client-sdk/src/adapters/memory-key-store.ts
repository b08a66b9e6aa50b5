import type { KeyStore } from '../ports/key-store.ts'

/** An identity for as long as this object lives: for tests, simulations and apps that want to be forgotten. */
export const memoryKeyStore = (initial?: Uint8Array): KeyStore => {
  let kept = initial?.slice()
  return {
    load: async () => kept?.slice(),
    async keep(seed) {
      kept ??= seed.slice()
      return kept.slice()
    },
    async erase() {
      kept?.fill(0)
      kept = undefined
    },
  }
}
