import type { ClientView } from '@tributary/protocols/rest'
import { StatusBadge } from '../../ui/status-badge.tsx'

export const ClientStatus = ({ client: { status } }: { client: ClientView }) => (
  <StatusBadge tone={status === 'active' ? 'good' : 'bad'}>{status}</StatusBadge>
)

/** Whether its line stands; nothing where the answer did not look. */
export const ClientLine = ({ client: { online } }: { client: ClientView }) =>
  online === undefined ? null : (
    <StatusBadge tone={online ? 'good' : 'idle'}>{online ? 'online' : 'offline'}</StatusBadge>
  )
