import { unreachable } from '@tributary/protocols'
import type { StalenessSpec } from '@tributary/protocols/task'

/**
 * What an update counts for that was trained from weights `versions` older than the newest, from 1 (fresh) down; 0 beyond the bound: refuse it.
 * FedBuff (Nguyen, Malik, Zhan, Yousefpour, Rabbat, Malek and Huba 2022) takes `polynomial` with ½, that is 1/√(1 + τ); the others are of
 * FedAsync (Xie, Koyejo and Gupta 2019). Throws a `RangeError` where `versions` is no whole number from 0 on.
 */
export const stalenessWeight = (spec: StalenessSpec, versions: number): number => {
  if (!Number.isSafeInteger(versions) || versions < 0)
    throw new RangeError(`${versions} is no number of versions`)
  if (versions > spec.most) return 0
  switch (spec.kind) {
    case 'constant':
      return 1
    case 'polynomial':
      return (1 + versions) ** -spec.exponent
    case 'hinge':
      return versions <= spec.until ? 1 : 1 / (spec.slope * (versions - spec.until) + 1)
    default:
      return unreachable(spec)
  }
}
