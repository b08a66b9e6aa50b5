/** Downloads and uploads as the machine sees them: attempts, waits, and the session they go with. */
import type { Instant } from '@tributary/protocols'
import type { Moment } from './event.ts'
import { transferDelayMs } from './pace.ts'
import type { Transfer } from './state.ts'

export const started = (attempt = 0): Transfer => ({ is: 'running', attempt })

export const paused = (transfer: Transfer, moment: Moment, afterMs?: number): Transfer => ({
  is: 'paused',
  attempt: transfer.attempt + 1,
  retryAt: moment.at + transferDelayMs(transfer.attempt, moment.chance, afterMs),
})

export const awaitingSession = (transfer: Transfer): Transfer => ({
  is: 'awaiting-session',
  attempt: transfer.attempt + 1,
})

/** When the next attempt is due, if time alone brings it. */
export const retryAt = (transfer: Transfer): Instant | undefined =>
  transfer.is === 'paused' ? transfer.retryAt : undefined
