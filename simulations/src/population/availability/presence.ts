/**
 * When each client is there. Times are virtual milliseconds since 1970 (UTC); changes fall on whole milliseconds. Both are looked up, not
 * played through: a question about any time costs the same, and nothing is kept between two.
 */
export type Presence = {
  isAvailable(client: number, virtualMs: number): boolean
  /** The first change after `virtualMs`, from where the client is the opposite; Infinity where there is none in a hundred years. */
  nextChange(client: number, virtualMs: number): number
}

export const always: Presence = { isAvailable: () => true, nextChange: () => Number.POSITIVE_INFINITY }
