import { type Random, uniform } from '@tributary/protocols/runtime'

/** Attempts at one delivery. Between them pass, on the mean, 5 s, 30 s, 3 min, 18 min, 1.8 h and then 6 h each: 20 h in all. */
export const MOST_ATTEMPTS = 9

const FIRST_MS = 5_000
const FACTOR = 6
const LONGEST_MS = 6 * 3_600_000
/** Waits differ by this much either way, so that all that failed together does not come back together. */
const JITTER = 0.2

/**
 * How long to wait after so many attempts, in milliseconds: exponential, 4 s to 7.2 h. What the receiver asked for counts
 * where it is longer, up to six hours.
 */
export const backoffMs = (attempts: number, retryAfterMs: number | undefined, random: Random): number => {
  const mean = Math.min(LONGEST_MS, FIRST_MS * FACTOR ** (attempts - 1))
  const wait = mean * (1 + JITTER * (2 * uniform(random) - 1))
  return Math.max(wait, Math.min(retryAfterMs ?? 0, LONGEST_MS))
}
