import type { RoundView } from '@tributary/protocols/rest'
import { formatCount } from '../../format/number.ts'
import { Panel } from '../../ui/panel.tsx'
import { StatusBadge } from '../../ui/status-badge.tsx'

type Group = NonNullable<Extract<RoundView, { phase: 'training' }>['groups']>[number]

/** Survivors of each sum against how many it cannot do without; who is closest to its end comes first. */
export const SecureGroups = ({ groups }: { groups: readonly Group[] }) => (
  <Panel title="Secure aggregation">
    <ul className="groups">
      {groups
        .map((group, index) => ({ ...group, number: index + 1, spare: group.clients - group.threshold }))
        .toSorted((a, b) => a.spare - b.spare || a.number - b.number)
        .map(({ number, step, clients, threshold, spare }) => (
          <li key={number} className="group">
            <span>{groups.length > 1 ? `Sum ${number}` : 'One sum'}</span>
            <StatusBadge tone={spare < 0 ? 'bad' : spare === 0 ? 'warning' : 'busy'}>{step}</StatusBadge>
            <span className="group-bar" aria-hidden="true">
              <span
                className={spare < 0 ? 'goal-gone' : 'goal-received'}
                style={{ width: share(clients, clients, threshold) }}
              />
              <span className="group-threshold" style={{ left: share(threshold, clients, threshold) }} />
            </span>
            <span>
              <b>{formatCount(clients)}</b> survive, {formatCount(threshold)} are needed:{' '}
              {spare < 0
                ? 'too few'
                : spare === 0
                  ? 'none may be lost any more'
                  : `${formatCount(spare)} more may be lost`}
            </span>
          </li>
        ))}
    </ul>
  </Panel>
)

/** Of the longer of the two, as a width. */
const share = (count: number, clients: number, threshold: number): string =>
  `${(100 * count) / Math.max(clients, threshold, 1)}%`
