/** How long to wait, for what. */

const RECONNECT = { firstMs: 1_000, mostMs: 60_000 }
const TRANSFER = { firstMs: 1_000, mostMs: 60_000 }

/** A line that has not been welcomed after this long is given up. */
export const CONNECT_PATIENCE_MS = 20_000
/** A line that stood this long has shown that the coordinator is well: the next loss starts from the shortest wait. */
export const STEADY_LINE_MS = 10_000
/** Progress is told at most this often. */
export const PROGRESS_EVERY_MS = 2_000
/** A come-back of zero would make client and coordinator ask each other as fast as the network goes. */
export const SHORTEST_REST_MS = 1_000

/**
 * How long after its first step's deadline the session of a secure round may still go on: the steps behind it have ten days
 * together at most. Only a coordinator that is gone for good lets it come to this.
 */
export const SESSION_PATIENCE_MS = 14 * 86_400_000

export const reconnectDelayMs = (attempt: number, chance: number): number =>
  backoffMs(RECONNECT, attempt, chance)

/** Not sooner than `afterMs`, which is what the other side asked for. */
export const transferDelayMs = (attempt: number, chance: number, afterMs = 0): number =>
  afterMs + backoffMs(TRANSFER, attempt, chance)

/**
 * Exponential backoff with half of it left to chance, so that the clients of a coordinator that restarts do not
 * all come back in the same moment (Brooker 2015, "Exponential Backoff And Jitter").
 */
const backoffMs = (bounds: { firstMs: number; mostMs: number }, attempt: number, chance: number): number =>
  Math.min(bounds.mostMs, bounds.firstMs * 2 ** Math.min(attempt, 30)) * (0.5 + 0.5 * chance)
