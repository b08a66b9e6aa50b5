import type { TaskCheckView } from '@tributary/protocols/rest'
import { formatBytes } from '../../format/bytes.ts'
import { formatCount } from '../../format/number.ts'
import { StatusBadge } from '../../ui/status-badge.tsx'

/** Whether the coordinator would take the file, and what it would cost a client. */
export const TaskVerdict = ({
  check,
  tried = true,
}: {
  check: TaskCheckView | undefined
  /** Before its writer has tried to make the task, what is left to fill in is no mistake. */
  tried?: boolean
}) => (
  <p className="task-verdict" role="status">
    {check === undefined ? (
      <StatusBadge tone="idle">not checked yet</StatusBadge>
    ) : check.mistakes.length > 0 && !tried ? (
      <StatusBadge tone="idle">to fill in: {check.mistakes.map(({ path }) => path).join(', ')}</StatusBadge>
    ) : check.mistakes.length > 0 ? (
      <StatusBadge tone="bad">
        {check.mistakes.length === 1 ? 'one mistake' : `${check.mistakes.length} mistakes`}
      </StatusBadge>
    ) : (
      <>
        <StatusBadge tone="good">the coordinator would take it</StatusBadge>
        {check.size && (
          <span className="help">
            {' '}
            {formatCount(check.size.parameters)} parameters; a client receives{' '}
            {formatBytes(check.size.bytesDown)} and sends {formatBytes(check.size.bytesUp)} a round
          </span>
        )}
      </>
    )}
  </p>
)
