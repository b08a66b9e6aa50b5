/**
 * Other instances of this client, which share its stores as the tabs of an app do. What one says to the others is no more than a hint to read again:
 * what counts is what is in the stores, checked as ever.
 */
export type Siblings = {
  /** To all others that are there. It must not throw. */
  say(word: unknown): void
  /** Hears what others say, which may be anything, until the function that is returned is called. */
  hear(listener: (word: unknown) => void): () => void
  /** Does this while no other instance does what it passes here. */
  inTurn<T>(work: () => Promise<T>): Promise<T>
}
