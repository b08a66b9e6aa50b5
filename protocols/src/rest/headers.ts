import * as z from 'zod'

/** `Idempotency-Key`: the caller's own name for one act, so that repeating the request does not repeat the act. */
export const IdempotencyKey = z
  .string()
  .regex(/^[\x21-\x7e]{1,128}$/, 'Idempotency-Key is 1 to 128 visible ASCII characters')
export type IdempotencyKey = z.infer<typeof IdempotencyKey>
