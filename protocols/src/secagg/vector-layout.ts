/**
 * What stands where in the one vector that is summed. Everything that a round wants to know of its clients is a named
 * segment of it (the delta, a second vector such as SCAFFOLD's control variate, loss, accuracy), so that nothing
 * travels beside the mask; the weight, the number of examples, is its first value.
 */
import * as z from 'zod/mini'
import { packedBytes } from './packed-bytes.ts'

const MAX_VALUES = 2 ** 28

export const SegmentName = z
  .string()
  .check(z.regex(/^[a-z][a-z0-9_.-]{0,63}$/, 'a segment name is a letter and up to 63 more of a-z 0-9 _ . -'))

export const Segment = z.strictObject({
  name: SegmentName,
  /** Values in it. */
  length: z.int().check(z.minimum(1), z.maximum(MAX_VALUES)),
  /** The largest magnitude a value may have; what is beyond is held to it, and counted. */
  bound: z.number().check(z.positive(), z.maximum(1e30)),
  /** `examples`: each client's values count by its weight. `clients`: every client's count alike. */
  averagedBy: z.enum(['examples', 'clients']),
})
export type Segment = z.infer<typeof Segment>

export const VectorLayout = z
  .strictObject({
    /** The sum is taken modulo 2^bits, and a masked value takes so many bits on the wire. */
    bits: z.int().check(z.minimum(8), z.maximum(32)),
    /** The largest weight that one client may have; more examples count as this many. */
    maxWeight: z.int().check(z.minimum(1), z.maximum(2_147_483_647)),
    segments: z.array(Segment).check(z.minLength(1), z.maxLength(64)),
  })
  .check(
    z.superRefine(({ segments }, issues) => {
      const names = new Set(segments.map(({ name }) => name))
      if (names.size !== segments.length)
        issues.addIssue({ code: 'custom', path: ['segments'], message: 'two segments have the same name' })
      if (1 + segments.reduce((sum, { length }) => sum + length, 0) > MAX_VALUES)
        issues.addIssue({
          code: 'custom',
          path: ['segments'],
          message: `more than ${MAX_VALUES} values together`,
        })
    }),
  )
export type VectorLayout = z.infer<typeof VectorLayout>

/** Values of the whole vector, the weight among them. */
export const vectorLength = ({ segments }: VectorLayout): number =>
  segments.reduce((sum, { length }) => sum + length, 1)

/** Bytes of a masked vector on the wire. */
export const maskedBytes = (layout: VectorLayout): number => packedBytes(vectorLength(layout), layout.bits)

/** Every segment with its place in the vector. */
export const segmentSpans = ({ segments }: VectorLayout): (Segment & { start: number; end: number })[] => {
  let end = 1
  return segments.map((segment) => {
    const start = end
    end += segment.length
    return { ...segment, start, end }
  })
}

/**
 * The largest level Q of one client's value: with `clients` of them the sum stays below half the modulus,
 * clients * Q < 2^(bits - 1), so that it cannot overflow. 0 where the cohort is too large for the bits.
 */
export const largestLevel = (bits: number, clients: number): number =>
  Math.floor((2 ** (bits - 1) - 1) / clients)

/** Levels for each example of the weight: 1, and then it is summed exactly, unless the largest weight needs less. */
export const weightScale = (layout: VectorLayout, clients: number): number =>
  Math.min(1, largestLevel(layout.bits, clients) / layout.maxWeight)
