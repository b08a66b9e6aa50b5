import type { VectorKernels } from '../../kernels/index.ts'
import type { Random } from '../../runtime/index.ts'

/**
 * Stochastic rounding to whole numbers, drawn again until the result is no longer than `norm` (Kairouz, Liu and Steinke 2021). With the bound of `roundedNormBound` a draw passes with probability above 1 − β. It is the whole vector's own length that is
 * held to the bound, so the sensitivity of a sum of such vectors is `norm` whatever floating point did before.
 * @throws RangeError after 1,000 draws: the vector itself is longer than the bound allows.
 */
export const roundWithin = (
  vector: Float32Array,
  { scale, norm, kernels, random }: { scale: number; norm: number; kernels: VectorKernels; random: Random },
): Int32Array => {
  const levels = new Int32Array(vector.length)
  for (let draw = 0; draw < 1_000; draw++) {
    const bytes = random.bytes(4 * vector.length)
    const randoms = new Uint32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength))
    kernels.quantize(vector, { scale, limit: 2 ** 31 - 1, randoms }, levels)
    let squared = 0
    for (let i = 0; i < levels.length; i++) squared += (levels[i] ?? 0) ** 2
    if (squared * (1 + levels.length * 2 ** -52) <= norm * norm) return levels
  }
  throw new RangeError(`roundWithin: no rounding of this vector is within ${norm} steps`)
}
