/** One POST to an address somebody else chose. It never throws: whatever goes wrong is an answer. */
export type Post = (letter: Letter) => Promise<PostAnswer>

export type Letter = {
  /** http or https, without credentials. */
  url: string
  headers: Readonly<Record<string, string>>
  body: string
  /** Gives up at once: what became of it is not known then. */
  signal: AbortSignal
}

export type PostAnswer =
  /** `retryAfterMs`: how long the receiver asked to be left alone. */
  | { kind: 'answered'; status: number; retryAfterMs?: number }
  /** In words, without anything the receiver said. */
  | { kind: 'failed'; why: string }
  | { kind: 'given-up' }
