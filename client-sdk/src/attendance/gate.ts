/** Something that must hold for this client to take part: consent, conditions, being the tab whose turn it is, what the app itself asks for. */
export type Gate = {
  /**
   * Begins to look, with what it needs to keep looking. `told` hears at once or soon, and at every change, why this client does not take part for now;
   * `undefined` while nothing stands against it. The function that is returned ends the looking.
   */
  watch(told: (shut: Shut | undefined) => void): () => void
}

/** `by` is a word for programs, `detail` a sentence for people. An app's own gate is shut `by` the `app`. */
export type Shut = { by: HeldReason; detail: string }

export type HeldReason = 'consent' | 'another-tab' | 'conditions' | 'app'
