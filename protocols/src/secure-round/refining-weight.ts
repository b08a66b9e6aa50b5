/**
 * What a client's vector counts for in a round that refines another (Pillutla, Kakade and Harchaoui 2019, Algorithm 2): βᵢ = 1 / max(ν, ‖wᵢ − z‖), in units
 * of the largest there is, 1/ν, as a whole number of 1 … `most`. So one step is
 *
 *   z' = z + Σ βᵢ (wᵢ − z) / Σ βᵢ
 *
 * Rounding changes a weight by ½ at most. Where no weight is held to 1, that is where no distance is above 2 · most · ν, the step is off by at most
 * ½ Σ ‖wᵢ − z‖ / Σ bᵢ, bᵢ the weights. Beyond that a client counts for more than it should: for 1.
 * @param input.distance ‖wᵢ − z‖, finite.
 */
export const refiningWeight = ({
  distance,
  nu,
  most,
}: {
  distance: number
  nu: number
  most: number
}): number => Math.max(1, Math.round(most * (nu / Math.max(nu, distance))))
