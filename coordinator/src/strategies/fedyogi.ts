import { type Adaptive, adaptive } from './adaptive.ts'

/** FedYogi (Reddi et al. 2021; Zaheer et al. 2018): v' = v − (1 − β₂) Δ² sign(v − Δ²), so that v never falls faster than it would grow. */
export const fedyogi = ({ beta2, ...common }: Adaptive & { beta2: number }) =>
  adaptive(common, (v, squared) => v - (1 - beta2) * squared * Math.sign(v - squared))
