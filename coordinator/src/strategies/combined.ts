import type { CohortKernels } from '@tributary/protocols/cohort-kernels'
import type { Beginning, Combined, StrategyState, Uncombined } from './strategy.ts'

/** The end of every aggregation: new weights and state, unless a value of either is no finite number. */
export const combined = (
  kernels: CohortKernels,
  { weights, state }: { weights: Float32Array; state?: StrategyState },
): Combined => {
  if (kernels.firstNonFinite(weights) >= 0) return notFinite('the new weights are not finite')
  const bad =
    Object.entries(state?.vectors ?? {}).find(([, vector]) => kernels.firstNonFinite(vector) >= 0) ??
    Object.entries(state?.numbers ?? {}).find(([, number]) => !Number.isFinite(number))
  return bad
    ? notFinite(`the strategy’s new state is not finite: ${bad[0]}`)
    : { kind: 'combined', weights, state }
}

/** w' = w + rate · delta, a float32 product and a float32 sum. */
export const stepped = (
  { kernels, base }: Pick<Beginning, 'kernels' | 'base'>,
  delta: Float32Array,
  rate: number,
): Float32Array => {
  const weights = base.slice()
  kernels.axpy(weights, delta, rate)
  return weights
}

/** Whether kernels take this as a factor: what clients send must never make them throw. */
export const isFactor = (value: number): boolean => Number.isFinite(Math.fround(value))

export const notFinite = (detail: string): Uncombined => ({ kind: 'refused', reason: 'not-finite', detail })

export const tooFew = (detail: string): Uncombined => ({ kind: 'refused', reason: 'too-few', detail })
