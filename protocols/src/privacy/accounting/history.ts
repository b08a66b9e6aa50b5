import type { RoundNoise } from './noise.ts'
import type { PoissonSampling } from './sampling.ts'
import type { Participation } from './terms.ts'

/** Rounds of one noise. */
export type NoisyRounds = { readonly noise: RoundNoise; readonly rounds: number }

/**
 * All that was released of a task, and under which rule. The rules differ in what may be claimed:
 *
 *   participations   the default: nothing is assumed of who takes part but that no client does more often than `most`;
 *                    the claim is that of the `most` rounds that had the least noise
 *   poisson          every round counts, at the rate of the sampling: only with a `PoissonSampling` value, and Gaussian noise
 *   tree             running sums through trees of Gaussian noise (DP-FTRL), for clients that keep their rounds apart
 */
export type PrivacyHistory =
  | {
      readonly rule: 'participations'
      readonly participation: Participation
      readonly relation: 'zero-out' | 'replace'
      readonly released: readonly NoisyRounds[]
    }
  | {
      readonly rule: 'poisson'
      readonly sampling: PoissonSampling
      readonly released: readonly { readonly multiplier: number; readonly rounds: number }[]
    }
  | {
      readonly rule: 'tree'
      readonly participation: Participation
      readonly relation: 'zero-out' | 'replace'
      readonly multiplier: number
      /** Rounds of each tree in order, the last perhaps unfinished. */
      readonly trees: readonly number[]
    }
