import type { Instant } from '@tributary/protocols'

/** Something that began and ended, of a trace. Attributes name rounds, tasks and phases; never what clients sent. */
export type Span = {
  /** 16 and 8 bytes in lowercase hex. */
  traceId: string
  spanId: string
  /** None of a trace's first span. */
  parentSpanId: string | undefined
  kind: 'internal' | 'server'
  name: string
  startedAt: Instant
  endedAt: Instant
  attributes: Readonly<Record<string, string | number>>
  /** Why what it is of failed, in a word. */
  error?: string
}

/** Where spans go. Nobody waits for them: what cannot be sent is let go of. */
export type Spans = {
  ended(span: Span): void
  /** Sends what is left, for as long as a few seconds. */
  close(): Promise<void>
}
