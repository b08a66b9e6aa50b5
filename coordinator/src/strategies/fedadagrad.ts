import { type Adaptive, adaptive } from './adaptive.ts'

/** FedAdagrad (Reddi et al. 2021): v' = v + Δ², so that steps get shorter and shorter. */
export const fedadagrad = (common: Adaptive) => adaptive(common, (v, squared) => v + squared)
