/** The console's parts: a route each in `routes.tsx`, and an entry in the navigation. */
import type { IconName } from '../ui/icon.tsx'

export const SECTIONS: readonly { path: string; title: string; icon: IconName }[] = [
  { path: '/', title: 'Overview', icon: 'overview' },
  { path: '/tasks', title: 'Tasks', icon: 'tasks' },
  { path: '/clients', title: 'Clients', icon: 'clients' },
  { path: '/webhooks', title: 'Webhooks', icon: 'webhooks' },
  { path: '/audit', title: 'Audit', icon: 'audit' },
  { path: '/system', title: 'System', icon: 'system' },
  { path: '/access', title: 'Access', icon: 'access' },
]
