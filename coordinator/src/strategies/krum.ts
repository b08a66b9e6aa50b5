import { multiKrum } from './multi-krum.ts'

/**
 * Krum (Blanchard, El Mhamdi, Guerraoui and Stainer 2017): the one update with the smallest sum of squared distances to its n − f − 2 nearest. Stands
 * f = `byzantine` of n ≥ 2f + 3. It learns from one client a round, so it is noisy where clients differ: Multi-Krum is the better choice for training.
 */
export const krum = (spec: { serverLearningRate: number; byzantine: number }) =>
  multiKrum({ ...spec, keep: 1 })
