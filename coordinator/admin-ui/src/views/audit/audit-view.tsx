import { useWhyNot } from '../../session/use-session.ts'
import { EmptyState } from '../../ui/empty-state.tsx'
import { PageHeader } from '../../ui/page-header.tsx'
import { AuditLog } from './audit-log.tsx'
import { Verification } from './verification.tsx'
import './audit.css'

/** Who did what, and whether the chain of it holds. */
export const AuditView = () => {
  const whyNot = useWhyNot('admin')
  return (
    <>
      <PageHeader title="Audit">{whyNot === undefined && <Verification />}</PageHeader>
      {whyNot === undefined ? (
        <AuditLog />
      ) : (
        <EmptyState title="The audit log is for admins">
          {whyNot} It says who did what, of everybody; ask an admin to look for you.
        </EmptyState>
      )}
    </>
  )
}
