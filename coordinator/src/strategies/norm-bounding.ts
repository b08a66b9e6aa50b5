import { carriedNumber } from './carried.ts'
import { combined, notFinite, stepped, tooFew } from './combined.ts'
import type { FoldStrategy } from './strategy.ts'

export type NormBounding = {
  serverLearningRate: number
  /** Before any round, the guess at the norm that `clipQuantile` of deltas stay below. */
  initialClipNorm: number
  clipQuantile: number
  /** The guess at the norm that `zeroQuantile` of deltas stay below. */
  initialZeroNorm: number
  zeroQuantile: number
}

/** How far one round can move the two estimates, as exponents; those that TensorFlow Federated ships. */
const CLIP_RATE = 0.2
const ZERO_RATE = Math.log(10)

/**
 * Norm bounding (Sun, Kairouz, Suresh and McMahan 2019) with bounds that follow the clients (Andrew, Thakkar, McMahan and Ramaswamy 2021), as TensorFlow
 * Federated ships it: a delta longer than 2Z + 1 counts as zero, a delta longer than C is scaled down to C, and the model moves by the mean. Then
 *
 *   Q' = Q · exp(−ρ (share of deltas with norm ≤ Q − q))
 *
 * for both quantiles Q: C at q = 0.8 with ρ = 0.2, Z at q = 0.98 with ρ = ln 10. Bounds are those of the rounds before, so it is a fold. Every client counts
 * alike, and moves the model by C/n at most.
 */
export const normBounding = (spec: NormBounding): FoldStrategy => ({
  kind: 'fold',
  takes: 'updates',
  least: 1,
  needs: [],
  start(beginning) {
    const { kernels, base } = beginning
    const clipNorm = carriedNumber(beginning, 'clipNorm', spec.initialClipNorm)
    const zeroNorm = carriedNumber(beginning, 'zeroNorm', spec.initialZeroNorm)
    const sum = kernels.accumulator(base.length)
    let [count, belowClip, belowZero] = [0, 0, 0]
    let allFinite = true
    return {
      add({ delta }) {
        const sent = kernels.norm(delta)
        const isZeroed = sent > 2 * zeroNorm + 1
        const norm = isZeroed ? 0 : sent
        count++
        allFinite &&= Number.isFinite(sent)
        if (sent <= zeroNorm) belowZero++
        if (norm <= clipNorm) belowClip++
        if (!isZeroed) sum.addScaled(delta, norm > clipNorm ? clipNorm / norm : 1)
      },
      finish() {
        if (count === 0) return tooFew('a mean needs at least one update')
        if (!allFinite) return notFinite('an update holds NaN or infinity')
        sum.scale(1 / count)
        const numbers = {
          clipNorm: moved(clipNorm, CLIP_RATE * (belowClip / count - spec.clipQuantile)),
          zeroNorm: moved(zeroNorm, ZERO_RATE * (belowZero / count - spec.zeroQuantile)),
        }
        return combined(kernels, {
          weights: stepped(beginning, sum.read(), spec.serverLearningRate),
          state: { vectors: {}, numbers },
        })
      },
      release: () => sum.release(),
    }
  },
})

/** From 0 no factor leads away again. */
const LEAST_NORM = 1e-12

const moved = (norm: number, down: number): number => Math.max(LEAST_NORM, norm * Math.exp(-down))
