/** `GET /api/v1/audit/verification`: whether the chain of the audit log holds. */
import * as z from 'zod'

export const AuditVerificationView = z.object({
  intact: z.boolean(),
  /** The last entry that is right: keep it elsewhere. */
  head: z.object({ sequence: z.int().min(0), hash: z.string() }),
  /** The first entry that is wrong; null where none is. */
  broken: z.object({ sequence: z.int().min(0), reason: z.string() }).nullable(),
})
export type AuditVerificationView = z.infer<typeof AuditVerificationView>
