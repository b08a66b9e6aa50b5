import * as z from 'zod/mini'

/** Of the values that could be sent. */
const share = z.number().check(z.gt(0), z.lte(1))

/**
 * How clients make an update smaller, in the order of the fields. What a task may not put together is said where tasks are made: a client
 * does as it is told, or says that it cannot.
 */
export const Compression = z.strictObject({
  /** The randomized Hadamard transform: makes all values alike, so that few levels or few of them do. Public, one for all clients of a round. */
  rotation: z.optional(z.literal('hadamard')),
  /** Only some values travel. */
  sparsify: z.optional(
    z.discriminatedUnion('kind', [
      /** The same for all clients of a round, drawn anew each round. `rescale`: times their number over that of those sent, so that the mean is right. */
      z.strictObject({ kind: z.literal('random-k'), share, rescale: z._default(z.boolean(), true) }),
      /** The largest, each client's own. `errorFeedback`: what was left out is added to the next update. */
      z.strictObject({ kind: z.literal('top-k'), share, errorFeedback: z._default(z.boolean(), true) }),
    ]),
  ),
  /** Each value as one of 256 levels of the update's own range, rounded by chance. */
  bits: z.optional(z.literal(8)),
})
export type Compression = z.infer<typeof Compression>
