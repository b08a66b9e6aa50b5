import type { RoleName } from '@tributary/protocols/rest'

/** What each role may do, in words. */
export const MAY: Record<RoleName, string> = {
  viewer: 'sees tasks, rounds, models and clients',
  operator: 'runs tasks, models and the fleet',
  admin: 'does everything: makes tokens and webhooks, reads the audit log',
}
