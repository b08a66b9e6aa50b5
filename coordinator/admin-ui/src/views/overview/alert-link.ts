import type { AlertView } from '@tributary/protocols/rest'

/** Where what an alert is about can be looked at, and done something about. */
export const alertLink = ({ kind, task }: Pick<AlertView, 'kind' | 'task'>): { to: string; name: string } => {
  switch (kind) {
    case 'rounds-abandoned':
      return { to: task ? `/tasks/${task}?tab=rounds` : '/tasks', name: task ?? 'tasks' }
    case 'metric-worse':
      return { to: task ? `/tasks/${task}?tab=metrics` : '/tasks', name: task ?? 'tasks' }
    case 'privacy-budget':
      return { to: task ? `/tasks/${task}?tab=privacy` : '/tasks', name: task ?? 'tasks' }
    case 'too-few-clients':
    case 'round-overdue':
      return { to: task ? `/tasks/${task}` : '/tasks', name: task ?? 'tasks' }
    case 'event-loop-late':
    case 'disk-nearly-full':
      return { to: '/system', name: 'system' }
    case 'webhook-failing':
      return { to: '/webhooks', name: 'webhooks' }
    default: {
      const never: never = kind
      return never
    }
  }
}
