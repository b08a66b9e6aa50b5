import type { AuditVerificationView } from '@tributary/protocols/rest'
import { useState } from 'react'
import { useAct } from '../../api/use-rest.ts'
import { formatTime } from '../../format/time.ts'
import { ActButton } from '../../ui/act-button.tsx'
import { Dialog } from '../../ui/dialog.tsx'
import { Secret } from '../../ui/secret.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'

/** Has the coordinator read its log from the first entry and check every link. */
export const Verification = () => {
  const [verdict, setVerdict] = useState<AuditVerificationView & { at: string }>()
  const verify = useAct<undefined, AuditVerificationView>({
    does: (api) => api.get('/audit/verification'),
  })
  return (
    <>
      <ActButton
        tone="primary"
        needs="admin"
        busy={verify.isPending}
        onClick={() =>
          verify.mutate(undefined, {
            onSuccess: (answer) => setVerdict({ ...answer, at: new Date().toISOString() }),
          })
        }
      >
        {verify.isPending ? 'Verifying …' : 'Verify the chain'}
      </ActButton>
      {verdict && (
        <Dialog title="The audit log, verified" wide onClose={() => setVerdict(undefined)}>
          <Verdict verdict={verdict} />
        </Dialog>
      )}
    </>
  )
}

const Verdict = ({
  verdict: { intact, head, broken, at },
}: {
  verdict: AuditVerificationView & { at: string }
}) => (
  <div className="verdict">
    <p>
      {intact ? (
        <StatusBadge tone="good">intact: every entry follows from the one before</StatusBadge>
      ) : (
        <StatusBadge tone="bad">broken at entry {broken?.sequence}</StatusBadge>
      )}
    </p>
    {broken && (
      <p>
        {broken.reason}. Entries up to {head.sequence} are right. Keep a copy of the tables as they are, and
        compare with the last head you kept and with a backup.
      </p>
    )}
    <Secret
      label={`Head, ${formatTime(at)}`}
      text={`entry ${head.sequence}\nhash  ${head.hash}\nat    ${at}`}
    />
    <p className="help">
      Keep this outside of the coordinator. Whoever can write its tables can make a whole new chain that is
      intact in itself; the entry you kept then has another hash.
    </p>
  </div>
)
