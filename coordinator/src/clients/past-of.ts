import type { Client } from '../ports/records.ts'

/** What has become of a client that takes part no more, as a sentence goes on after `has`. */
export const pastOf = (status: Exclude<Client['status'], 'active'>): string =>
  status === 'revoked' ? 'been revoked' : 'withdrawn'
