import type { DeliveryView } from '@tributary/protocols/rest'
import { StatusBadge } from '../../ui/status-badge.tsx'

const TONES = { pending: 'busy', delivered: 'good', failed: 'bad' } as const

type Props = {
  outcome: DeliveryView['status']
  /** Of a delivery that is pending: one that was tried in vain is told from one that waits for its first. */
  attempts?: number
}

export const OutcomeBadge = ({ outcome, attempts = 0 }: Props) =>
  outcome === 'pending' && attempts > 0 ? (
    <StatusBadge tone="warning">retrying</StatusBadge>
  ) : (
    <StatusBadge tone={TONES[outcome]}>{outcome}</StatusBadge>
  )
