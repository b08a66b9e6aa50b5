import type { Trainer } from '@tributary/client-sdk'

/** A training whose outcome follows from the job's seed alone: cheap, finite, different every time. */
export const drawnDelta = (seed: number, length: number): Float32Array => {
  let state = seed >>> 0
  return Float32Array.from({ length }, () => {
    // Marsaglia's 32-bit xorshift would stay at 0: the addition makes it move.
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return (state / 0x1_0000_0000 - 0.5) * 2 ** ((state >>> 7) % 12)
  })
}

export const drawnTrainer = (
  trained: (result: { delta: Float32Array; examples: number }) => void,
): Trainer => ({
  async train({ weights, seed }) {
    const moved = drawnDelta(seed, weights.length)
    const after = weights.map((weight, i) => weight + (moved[i] ?? 0))
    const examples = 1 + (seed % 1_000)
    trained({ delta: after.map((weight, i) => Math.fround(weight - (weights[i] ?? 0))), examples })
    return { weights: after, examples, metrics: { loss: seed % 7 } }
  },
})
