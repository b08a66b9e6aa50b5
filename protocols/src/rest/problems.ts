/** Errors of the REST interface: RFC 9457 problem details. */
import * as z from 'zod/mini'
import { Mistake } from './mistakes.ts'

/**
 * `application/problem+json`. `type` is `urn:tributary:problem:` and a reason word such as `round-open`;
 * a reader that does not know the word goes by `status`.
 */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().check(z.minimum(400), z.maximum(599)),
  /** One sentence for a person: what is wrong and what to do. */
  detail: z.string(),
  /** The path that was asked for. */
  instance: z.string(),
  /** Every mistake found in the request, each at its place. */
  mistakes: z.optional(z.array(Mistake)),
  /** The ids and numbers that `detail` speaks of, for a program to read. */
  about: z.optional(z.record(z.string(), z.union([z.string(), z.number()]))),
})
export type Problem = z.infer<typeof Problem>
