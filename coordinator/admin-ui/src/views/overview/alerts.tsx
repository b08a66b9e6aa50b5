import type { AlertView } from '@tributary/protocols/rest'
import { memo } from 'react'
import { Link } from 'wouter'
import { StatusBadge } from '../../ui/status-badge.tsx'
import { alertLink } from './alert-link.ts'

/** What wants a person's attention, critical first; told to screen readers when it changes. */
export const Alerts = memo(({ alerts }: { alerts: readonly AlertView[] }) => (
  <section className="alerts" aria-label="Alerts" aria-live="polite">
    {alerts.length === 0 ? (
      <p className="alerts-none">
        <StatusBadge tone="good">nothing wants your attention</StatusBadge>
      </p>
    ) : (
      <ul>
        {alerts.toSorted(criticalFirst).map((alert) => (
          <Alert key={`${alert.kind} ${alert.task} ${alert.detail}`} alert={alert} />
        ))}
      </ul>
    )}
  </section>
))

const Alert = ({ alert }: { alert: AlertView }) => {
  const { kind, severity, detail } = alert
  const { to, name } = alertLink(alert)
  return (
    <li className={`alert alert-${severity}`}>
      <StatusBadge tone={severity === 'critical' ? 'bad' : 'warning'}>
        {severity === 'critical' ? 'critical: ' : ''}
        {kind.replaceAll('-', ' ')}
      </StatusBadge>
      <p>{detail}</p>
      <Link href={to}>Look at {name}</Link>
    </li>
  )
}

const criticalFirst = (a: AlertView, b: AlertView): number =>
  Number(b.severity === 'critical') - Number(a.severity === 'critical')
