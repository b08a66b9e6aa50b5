/** The accumulator of a session: vectors and masks in, the sum out. Nothing in it depends on their order. */
import type { Kernels } from '../../kernels/kernels.ts'
import { addMasks, type MaskItem } from '../mask-items.ts'
import { isPacked } from '../packing.ts'
import { dequantizeSum, type SumRefusal, type VectorSum } from '../quantize-vector.ts'
import { type VectorLayout, vectorLength } from '../vector-layout.ts'

export type MaskedSum = {
  /** Adds a survivor's masked vector; one that is in it already is not added again. */
  fold(member: number, packed: Uint8Array): 'folded' | 'wrong-vector'
  /** Takes masks off. Each must be given once. */
  unmask(masks: Iterable<MaskItem>): void
  /** Takes masks off that were added up elsewhere, once. */
  unmaskBy(words: Uint32Array): void
  /** The sum as it stands, modulo 2³²; the accumulator is released. */
  words(): Uint32Array
  /** What the vectors add up to, once every mask is off; the accumulator is released. */
  finish(): ({ kind: 'sum' } & VectorSum) | SumRefusal
  /** Gives up the sum. */
  release(): void
}

/** Whether these bytes are a masked vector of this layout, before anything is done with them. */
export const isMaskedVector = (layout: VectorLayout, packed: Uint8Array): boolean =>
  isPacked(packed, vectorLength(layout), layout.bits)

/** An empty sum over at most `clients` vectors: the `cohort.most` of the manifest. */
export const createMaskedSum = (input: {
  layout: VectorLayout
  clients: number
  kernels: Kernels
}): MaskedSum => {
  const { layout, clients, kernels } = input
  const sum = kernels.modularAccumulator(vectorLength(layout))
  const folded = new Set<number>()
  return {
    fold(member, packed) {
      if (folded.has(member)) return 'folded'
      if (!isMaskedVector(layout, packed)) return 'wrong-vector'
      sum.addPacked(packed, layout.bits)
      folded.add(member)
      return 'folded'
    },
    unmask: (masks) => addMasks(sum, masks),
    unmaskBy: (words) => sum.add(words),
    words() {
      const words = sum.read()
      sum.release()
      return words
    },
    finish() {
      const words = sum.read()
      sum.release()
      return dequantizeSum({ layout, clients, survivors: folded.size, sum: words, kernels })
    },
    release: () => sum.release(),
  }
}
