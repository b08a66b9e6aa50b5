import type { ClientView } from '@tributary/protocols/rest'
import { StatusBadge } from '../../ui/status-badge.tsx'

export const ClientStatus = ({ client: { status } }: { client: ClientView }) => (
  <StatusBadge tone={TONE[status]}>{status}</StatusBadge>
)

const TONE = { active: 'good', revoked: 'bad', withdrawn: 'idle' } as const

/** Whether its line stands; nothing where the answer did not look. */
export const ClientLine = ({ client: { online } }: { client: ClientView }) =>
  online === undefined ? null : (
    <StatusBadge tone={online ? 'good' : 'idle'}>{online ? 'online' : 'offline'}</StatusBadge>
  )
