import { stepped } from './combined.ts'
import { overMean } from './over-mean.ts'

/**
 * Robust federated aggregation (Pillutla, Kakade and Harchaoui 2019, Algorithm 2) where nobody sees an update: each step of the smoothed Weiszfeld
 * algorithm is a mean that clients weigh themselves, so it is a round of its own. The version of the first is z⁰, the plain mean; each that refines it
 * takes the whole step from there, and the last is near the geometric median. See `geometric-median` for the same where updates are seen.
 */
export const rfa = () => overMean((round) => ({ weights: stepped(round, round.mean, 1) }))
