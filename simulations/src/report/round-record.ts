import { unreachable } from '@tributary/protocols'

/** What a display is told about rounds, as it happens. Bytes are of one client's transfer. */
export type RoundEvent =
  | { readonly type: 'round-opened'; readonly round: number; readonly cohort: number }
  | { readonly type: 'model-sent'; readonly round: number; readonly bytes: number }
  | { readonly type: 'update-received'; readonly round: number; readonly bytes: number }
  | ({ readonly type: 'round-completed'; readonly round: number; readonly seconds: number } & RoundMetrics)
  | {
      readonly type: 'round-abandoned'
      readonly round: number
      readonly seconds: number
      readonly reason: string
    }

/** Accuracy is a share, 0 to 1. A round that was not evaluated has neither. */
export type RoundMetrics = { readonly loss?: number | undefined; readonly accuracy?: number | undefined }

/** What is known of one round so far. */
export type RoundRecord = {
  readonly round: number
  readonly cohort: number
  readonly updates: number
  readonly bytesUp: number
  readonly bytesDown: number
  readonly outcome: RoundOutcome
}

export type RoundOutcome =
  | { readonly type: 'running' }
  | ({ readonly type: 'completed'; readonly seconds: number } & RoundMetrics)
  | { readonly type: 'abandoned'; readonly seconds: number; readonly reason: string }

/**
 * The round's record after one event. Updates that arrive after the end still count as traffic.
 * @throws Error for an event of a round that was never opened, or a round opened or ended twice.
 */
export const recordEvent = (record: RoundRecord | undefined, event: RoundEvent): RoundRecord => {
  if (event.type === 'round-opened') {
    if (record) throw new Error(`round ${event.round} was opened twice`)
    const { round, cohort } = event
    return { round, cohort, updates: 0, bytesUp: 0, bytesDown: 0, outcome: { type: 'running' } }
  }
  if (!record) throw new Error(`round ${event.round} reported '${event.type}' before 'round-opened'`)
  switch (event.type) {
    case 'model-sent':
      return { ...record, bytesDown: record.bytesDown + event.bytes }
    case 'update-received':
      return { ...record, updates: record.updates + 1, bytesUp: record.bytesUp + event.bytes }
    case 'round-completed': {
      refuseSecondEnd(record)
      const { seconds, loss, accuracy } = event
      return { ...record, outcome: { type: 'completed', seconds, loss, accuracy } }
    }
    case 'round-abandoned':
      refuseSecondEnd(record)
      return { ...record, outcome: { type: 'abandoned', seconds: event.seconds, reason: event.reason } }
    default:
      return unreachable(event)
  }
}

const refuseSecondEnd = ({ round, outcome }: RoundRecord): void => {
  if (outcome.type !== 'running') throw new Error(`round ${round} ended twice`)
}
