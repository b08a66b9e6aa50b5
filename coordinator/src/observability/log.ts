/** What of a structured logger is used: fields first, then what happened in a few fixed words. */
export type Log = Record<'info' | 'debug' | 'trace', (fields: object, text: string) => void> & {
  /** A logger whose lines all have these fields. */
  child(fields: Record<string, unknown>): Log
}
