import { Digest, Instant } from '@tributary/protocols'
import { digestOf } from '@tributary/protocols/tensors'
import * as z from 'zod/mini'

/** What a person has said, when by this device's clock, and to which words. Texts longer than 4 kB are kept as their digest alone. */
export const ConsentRecord = z.strictObject({
  state: z.enum(['granted', 'declined', 'withdrawn']),
  at: Instant,
  wording: z.optional(z.strictObject({ digest: Digest, text: z.optional(z.string()) })),
})
export type ConsentRecord = z.infer<typeof ConsentRecord>

/** What consent is kept under in a client's records. */
export const CONSENT = 'consent'
/** A withdrawal that is not done yet is kept under this name. */
export const WITHDRAWAL = 'withdrawal'

const LONGEST_TEXT_BYTES = 4_096

export const wordingOf = (text: string): NonNullable<ConsentRecord['wording']> => {
  const bytes = new TextEncoder().encode(text)
  const digest = digestOf(bytes)
  return bytes.length > LONGEST_TEXT_BYTES ? { digest } : { digest, text }
}
