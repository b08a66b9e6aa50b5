/** Where this client's identity lives: the 32-byte seed of its Ed25519 key. */
export type KeyStore = {
  /** The seed, or `undefined` where none is kept. */
  load(): Promise<Uint8Array | undefined>
  /**
   * Keeps this seed unless there is one, and gives the one that is kept. Of several that are offered at once
   * (two tabs, two processes) one wins and all get it.
   */
  keep(seed: Uint8Array): Promise<Uint8Array>
  /** The seed is gone when it resolves; harmless where there is none. */
  erase(): Promise<void>
}
