import type { Instant } from '@tributary/protocols'

/**
 * What a client did, and when by its own clock, with the parts of it. Attributes name round, task, client and outcome: nothing of data, updates
 * or metrics.
 */
export type ClientSpan = {
  name: string
  startedAt: Instant
  endedAt: Instant
  attributes: Readonly<Record<string, string>>
  /** Why it failed, in a word. */
  error?: string
  /** In the order in which they began; none lies outside of this one. */
  parts: readonly ClientSpan[]
}

/**
 * Where traces of this client's parts in rounds go. `traceparent`, of W3C Trace Context, is the coordinator's span that `span` belongs below: both
 * sides work it out from the round, and nothing about it is on the wire. It may throw; the client hears so as an `error`.
 */
export type Tracer = (traced: { traceparent: string; span: ClientSpan }) => void
