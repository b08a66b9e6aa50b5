import type { AlertView } from '@tributary/protocols/rest'
import { Link } from 'wouter'
import { StatusBadge } from '../../ui/status-badge.tsx'

/** What wants a person's attention, critical first; told to screen readers when it changes. */
export const Alerts = ({ alerts }: { alerts: readonly AlertView[] }) => (
  <section className="alerts" aria-label="Alerts" aria-live="polite">
    {alerts.length === 0 ? (
      <p className="alerts-none">
        <StatusBadge tone="good">nothing wants your attention</StatusBadge>
      </p>
    ) : (
      <ul>
        {alerts.toSorted(criticalFirst).map(({ kind, severity, task, detail }) => (
          <li key={`${kind} ${task} ${detail}`} className={`alert alert-${severity}`}>
            <StatusBadge tone={severity === 'critical' ? 'bad' : 'warning'}>
              {kind.replaceAll('-', ' ')}
            </StatusBadge>
            {task && <Link href={`/tasks/${task}`}>{task}</Link>}
            <p>{detail}</p>
          </li>
        ))}
      </ul>
    )}
  </section>
)

const criticalFirst = (a: AlertView, b: AlertView): number =>
  Number(b.severity === 'critical') - Number(a.severity === 'critical')
