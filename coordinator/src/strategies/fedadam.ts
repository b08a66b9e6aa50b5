import { type Adaptive, adaptive } from './adaptive.ts'

/** FedAdam (Reddi et al. 2021): v' = β₂ v + (1 − β₂) Δ². */
export const fedadam = ({ beta2, ...common }: Adaptive & { beta2: number }) =>
  adaptive(common, (v, squared) => beta2 * v + (1 - beta2) * squared)
