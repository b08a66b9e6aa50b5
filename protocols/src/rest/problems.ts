/** Errors of the REST interface: RFC 9457 problem details. */
import * as z from 'zod'
import { Mistake } from './mistakes.ts'

/**
 * `application/problem+json`. `type` is `urn:tributary:problem:` and a reason word such as `round-open`;
 * a reader that does not know the word goes by `status`.
 */
export const Problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  /** One sentence for a person: what is wrong and what to do. */
  detail: z.string(),
  /** The path that was asked for. */
  instance: z.string(),
  /** Every mistake found in the request, each at its place. */
  mistakes: z.array(Mistake).optional(),
  /** The ids and numbers that `detail` speaks of, for a program to read. */
  about: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
})
export type Problem = z.infer<typeof Problem>
