import type { AuditRecordView } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { subjectPath } from '../../format/subject-path.ts'
import { Dialog } from '../../ui/dialog.tsx'
import { Facts } from '../../ui/figures.tsx'
import { Id } from '../../ui/id.tsx'
import { Time } from '../../ui/time.tsx'

/** All that one entry says. */
export const AuditEntry = ({ entry, onClose }: { entry: AuditRecordView; onClose: () => void }) => {
  const { sequence, at, actor, action, subject, detail, previous, hash } = entry
  const path = subjectPath(subject, action)
  return (
    <Dialog title={`Entry ${sequence}: ${action}`} wide onClose={onClose}>
      <div className="audit-facts">
        <Facts
          facts={[
            ['When', <Time key="at" at={at} />],
            ['Who', <Id key="actor" of={actor} whole />],
            ['Action', action],
            [
              'Subject',
              path ? (
                <Link key="to" href={path}>
                  {subject}
                </Link>
              ) : (
                <code key="to">{subject}</code>
              ),
            ],
            ...Object.entries(detail).map(
              ([name, value]) => [name, <code key={name}>{String(value)}</code>] as const,
            ),
            ['Hash', <code key="hash">{hash}</code>],
            ['Hash before it', <code key="previous">{previous}</code>],
          ]}
        />
      </div>
    </Dialog>
  )
}
