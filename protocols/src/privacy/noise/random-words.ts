import type { Random } from '../../runtime/index.ts'

/** Uniform whole numbers from a `Random`, taken in blocks: exact, whatever the bound. */
export type RandomWords = {
  /** Uniform in [0, 2³²). */
  word(): number
  /** Uniform in [0, bound); `bound` a whole number from 1 to 2⁵³. */
  below(bound: number): number
  /** True with probability numerator / denominator; whole numbers, 0 ≤ numerator ≤ denominator ≤ 2⁵³, denominator ≥ 1. */
  chance(numerator: number, denominator: number): boolean
}

const blockWords = 4_096

/** Draws ahead, so two readers of one `Random` must not take turns where a seed is to repeat. */
export const randomWords = (random: Random): RandomWords => {
  let block = new Uint32Array(0)
  let used = 0
  const word = (): number => {
    if (used === block.length) {
      block = littleEndian(random.bytes(4 * blockWords))
      used = 0
    }
    return block[used++] ?? 0
  }
  /** Uniform in [0, bound · times) for the greatest `times` that the random bits allow, so that nothing is biased. */
  const multiple = (bound: number): { value: number; times: number } => {
    const range = bound <= 2 ** 32 ? 2 ** 32 : 2 ** 53
    const times = Math.floor(range / bound)
    for (;;) {
      const value = range === 2 ** 32 ? word() : (word() >>> 11) * 2 ** 32 + word()
      if (value < times * bound) return { value, times }
    }
  }
  return {
    word,
    below: (bound) => multiple(bound).value % bound,
    chance(numerator, denominator) {
      const { value, times } = multiple(denominator)
      return value < times * numerator
    },
  }
}

const littleEndian = (bytes: Uint8Array): Uint32Array<ArrayBuffer> => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Uint32Array.from({ length: bytes.length / 4 }, (_, i) => view.getUint32(4 * i, true))
}
