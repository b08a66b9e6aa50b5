import { ClientId } from '@tributary/protocols'
import { EncodedSignature } from '@tributary/protocols/crypto'
import * as z from 'zod'

/** Statements of keys that are gone, each to be handed in once. */
const Statement = z.strictObject({ client: ClientId, signature: EncodedSignature })

/**
 * A withdrawal that is not done yet. `erasing`: it is written down before anything is erased, so that what is left after a crash is erased at
 * the next start. `telling`: all that is left is to tell the coordinator.
 */
export const WithdrawalRecord = z.strictObject({
  step: z.enum(['erasing', 'telling']),
  statements: z.array(Statement).max(100),
})
export type WithdrawalRecord = z.infer<typeof WithdrawalRecord>
