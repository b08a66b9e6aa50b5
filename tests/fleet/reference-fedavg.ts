import type { ClientId } from '@tributary/protocols'

/** One client's trained minus received weights, and the examples it claims. */
export type PlainUpdate = { client: ClientId; delta: Float32Array; examples: number }

/**
 * Federated averaging as its definition says, on plain arrays, one float32 operation at a time, in the order of client
 * ids: w + Σ nₖ Δₖ / Σ nₖ. It shares no code with what it is compared with.
 */
export const referenceFedavg = (base: Float32Array, updates: readonly PlainUpdate[]): Float32Array => {
  const inOrder = [...updates].sort((a, b) => (a.client < b.client ? -1 : 1))
  return foldInOrder(base, inOrder)
}

/** The same, in the order given: what a coordinator that folds by arrival would make. */
export const foldInOrder = (base: Float32Array, updates: readonly PlainUpdate[]): Float32Array => {
  const { fround } = Math
  const sum = new Float32Array(base.length)
  let examples = 0
  for (const update of updates) {
    for (let i = 0; i < sum.length; i++)
      sum[i] = fround((sum[i] ?? 0) + fround(fround(update.examples) * (update.delta[i] ?? 0)))
    examples += update.examples
  }
  const share = fround(1 / examples)
  return base.map((weight, i) => fround(weight + fround(share * (sum[i] ?? 0))))
}

/** Float32 values as their bits, so that 0 and -0 differ and any NaN shows. */
export const bitsOf = (values: Float32Array): number[] =>
  Array.from(new Uint32Array(values.buffer, values.byteOffset, values.length))
