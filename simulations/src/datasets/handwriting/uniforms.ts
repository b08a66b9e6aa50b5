import type { Random } from '@tributary/protocols/runtime'

/** The next number in [0, 1), with 32 random bits. */
export type Uniforms = () => number

/**
 * Draws by the thousand, buffered. This and everything that draws a digit keeps to arithmetic that IEEE 754
 * rounds one way only (no sin, log or exp), so that a seed gives the same bytes on every engine.
 */
export const uniformsFrom = (random: Random): Uniforms => {
  const words = 1_024
  let block: DataView = new DataView(new ArrayBuffer(0))
  let at = 0
  return () => {
    if (at === block.byteLength) {
      const { buffer, byteOffset, byteLength } = random.bytes(4 * words)
      block = new DataView(buffer, byteOffset, byteLength)
      at = 0
    }
    at += 4
    return block.getUint32(at - 4, true) / 0x1_0000_0000
  }
}

/** Bell-shaped: mean 0, deviation 1, never beyond ±3 (three uniforms summed). */
export const bell = (next: Uniforms): number => 2 * (next() + next() + next()) - 3

/** A wandering bell: each value has mean 0 and deviation 1 and resembles the one before it (correlation 0.6). */
export const wander = (next: Uniforms): Uniforms => {
  let value = bell(next)
  return () => {
    const current = value
    value = 0.6 * value + 0.8 * bell(next)
    return current
  }
}

export const between = (next: Uniforms, low: number, high: number): number => low + (high - low) * next()

export const integerBetween = (next: Uniforms, low: number, high: number): number =>
  low + Math.floor((high - low + 1) * next())

/** An index of `weights`, as likely as its weight. */
export const weightedIndex = (next: Uniforms, weights: readonly number[]): number => {
  let left = next() * weights.reduce((sum, weight) => sum + weight, 0)
  for (const [index, weight] of weights.entries()) {
    left -= weight
    if (left < 0) return index
  }
  return weights.length - 1
}
