import { normal, seededRandom } from '@tributary/protocols/runtime'
import type { ModelSpec } from '@tributary/protocols/task'

/** Kernels drawn as Glorot and Bengio have it, biases zero. */
export const startOf = ({ tensors }: ModelSpec): Float32Array => {
  const random = seededRandom('start')
  return Float32Array.from(
    tensors.flatMap(({ shape }) => {
      const size = shape.reduce((a, b) => a * b, 1)
      const out = shape.at(-1) ?? 1
      const spread = shape.length > 1 ? Math.sqrt(2 / (size / out + out)) : 0
      return Array.from({ length: size }, () => spread && spread * normal(random))
    }),
  )
}
