import type { DeliveryView } from '@tributary/protocols/rest'
import { StatusBadge } from '../../ui/status-badge.tsx'

const TONES = { pending: 'busy', delivered: 'good', failed: 'bad' } as const

export const OutcomeBadge = ({ outcome }: { outcome: DeliveryView['status'] }) => (
  <StatusBadge tone={TONES[outcome]}>{outcome}</StatusBadge>
)
