import { type AuditRecordView, timestampOf } from '@tributary/protocols/rest'
import type { AuditRecord } from '../../ports/records.ts'

export const auditView = ({ at, ...record }: AuditRecord): AuditRecordView => ({
  ...record,
  at: timestampOf(at),
})
