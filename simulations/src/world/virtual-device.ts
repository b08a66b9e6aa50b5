/** What a client runs on, and what befalls it there. Times are virtual milliseconds; rounds go by number, from 1. */
export type VirtualDevice = {
  isThere(at: number): boolean
  /** The first change of that after `at`; Infinity where none comes. */
  nextChange(at: number): number
  trainMs(round: number): number
  downloadMs(bytes: number, round: number): number
  uploadMs(bytes: number, round: number): number
  /** After how long in its training of that round it is lost without a word; undefined where it is not. */
  lossIn(round: number): Loss | undefined
}

export type Loss = {
  afterMs: number
  /** How long it is down before it is back, with nothing but its identity; undefined: it is gone for this round, and no longer. */
  downMs: number | undefined
}

/** Always there, never lost, and bytes take no time. */
export const steadyDevice = (trainMs: VirtualDevice['trainMs']): VirtualDevice => ({
  isThere: () => true,
  nextChange: () => Number.POSITIVE_INFINITY,
  trainMs,
  downloadMs: () => 0,
  uploadMs: () => 0,
  lossIn: () => undefined,
})
