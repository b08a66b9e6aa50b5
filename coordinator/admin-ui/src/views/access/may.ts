import type { RoleName } from '@tributary/protocols/rest'

/** What each role may do, in words. */
export const MAY: Record<RoleName, string> = {
  viewer: 'sees tasks, rounds, models and clients',
  operator: 'also runs tasks, models and the fleet',
  admin: 'also makes tokens and webhooks and reads the audit log',
}
