import type { LineState } from '../live/line.ts'
import { useLine } from '../live/live-provider.tsx'
import { StatusBadge } from '../ui/status-badge.tsx'
import { FromNow } from '../ui/time.tsx'

/** How the page hears of changes at this moment. */
export const LineBadge = () => {
  const line = useLine()
  return (
    <div className="line" role="status">
      <Said line={line} />
    </div>
  )
}

const Said = ({ line }: { line: LineState }) => {
  switch (line.kind) {
    case 'connecting':
      return <StatusBadge tone="idle">connecting</StatusBadge>
    case 'catching-up':
      return <StatusBadge tone="busy">catching up</StatusBadge>
    case 'live':
      return <StatusBadge tone="good">live</StatusBadge>
    case 'polling':
      return <StatusBadge tone="warning">asking every 10 s</StatusBadge>
    case 'offline':
      return (
        <StatusBadge tone="bad">
          offline, lost <FromNow at={line.since} />
        </StatusBadge>
      )
    default: {
      const never: never = line
      return never
    }
  }
}
