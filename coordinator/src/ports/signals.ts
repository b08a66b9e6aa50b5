/**
 * What the processes of one coordinator say to each other. A signal is a hint: it may be lost, late or repeated, and
 * whoever hears it looks into the tables, where the truth is. Signals are JSON values.
 */
export type Signals = {
  /** To every other process, never to the sender. Nothing is waited for, and nothing thrown. */
  send(signal: unknown): void
  /** From now on `hear` is told of every signal that arrives. Called once. */
  listen(hear: (signal: unknown) => void): void
  close(): Promise<void>
}
