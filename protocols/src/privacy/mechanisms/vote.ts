import { plainVectors, type VectorKernels } from '../../kernels/index.ts'
import { valueMultiplier } from './adaptive-clip.ts'

/**
 * How a vote goes with a delta as one more value under one noise: `clipNorm` C of the deltas, z of the round in all, σ_b on the count
 * of the votes.
 */
export type Voting = { clipNorm: number; noiseMultiplier: number; countNoise: number }

/**
 * Half a vote in units of the delta, C·z_Δ/2σ_b: noise that is z_Δ·C on every value is then σ_b on the count of votes ±½ (Andrew et al. 2021,
 * Theorem 1, as one Gaussian mechanism).
 * @throws RangeError where the count alone would cost as much as the round.
 */
const halfVote = ({ clipNorm, noiseMultiplier: multiplier, countNoise }: Voting): number =>
  (clipNorm * valueMultiplier({ multiplier, countNoise })) / (2 * countNoise)

/** The most that a delta and its vote are long together, C·z_Δ/z: noise of multiplier z for that is noise of z_Δ for the delta. */
export const votedNorm = (voting: Voting): number => Math.hypot(voting.clipNorm, halfVote(voting))

/** The delta clipped, and behind it whether it was within the norm before. */
export const withVote = (
  delta: Float32Array,
  { kernels = plainVectors, ...voting }: Voting & { kernels?: VectorKernels },
): Float32Array => {
  const norm = kernels.norm(delta)
  const isWithin = norm <= voting.clipNorm
  const voted = new Float32Array(delta.length + 1)
  voted.set(delta)
  if (!isWithin) kernels.scale(voted, voting.clipNorm / norm)
  voted[delta.length] = isWithin ? halfVote(voting) : -halfVote(voting)
  return voted
}

/** The sum of the deltas, and the fraction of `clients` that voted within; it may lie outside [0, 1] under noise. */
export const withoutVotes = (
  sum: Float32Array,
  { clients, ...voting }: Voting & { clients: number },
): { sum: Float32Array; within: number } => {
  const parameters = sum.length - 1
  return {
    sum: sum.slice(0, parameters),
    within: (sum[parameters] ?? 0) / (2 * halfVote(voting)) / clients + 0.5,
  }
}
