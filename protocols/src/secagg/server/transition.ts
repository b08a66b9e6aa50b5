import type { ClientId } from '../../ids.ts'
import { unreachable } from '../../unreachable.ts'
import { objectionToAdvertisement, settleAdvertising, withAdvertisement } from './advertising.ts'
import { objectionToConfirmation, settleConfirming, withConfirmation } from './confirming.ts'
import { abandoned, type Cause, decide, dropping, followedBy, isDropped } from './decide.ts'
import { objectionToInput, settleMasking, withInput } from './masking.ts'
import { memberOf, recordOf } from './roster.ts'
import { type Rows, rowLike, type StepMessage } from './rows.ts'
import { objectionToShares, settleSharing, withShares } from './sharing.ts'
import type { Decision, DropReason, ServerEvent, ServerMeans, ServerState } from './states.ts'
import { objectionToAnswer, settleUnmasking, withAnswer } from './unmasking.ts'

/** The next state with its new rows, to be saved as one, and what is to be done then. */
export const serverTransition = (
  state: ServerState,
  event: ServerEvent,
  rows: Rows,
  means: ServerMeans,
): Decision => {
  if (state.phase === 'completed' || state.phase === 'abandoned') return decide(state)
  switch (event.type) {
    case 'cancelled':
      return decide(abandoned(state, 'cancelled'))
    case 'deadline':
      return settle(state, rows, means, 'deadline')
    case 'left':
      return isPart(state, event.client, rows)
        ? dropped(state, event.client, 'left', rows, means)
        : decide(state)
    case 'malformed':
      return isPart(state, event.from, rows)
        ? dropped(state, event.from, 'malformed', rows, means)
        : decide(state)
    case 'message': {
      const { from, message } = event
      // Strangers and the dropped are not heard.
      if (!isPart(state, from, rows)) return decide(state)
      return message.type === 'secagg-refuse'
        ? dropped(state, from, 'refused', rows, means)
        : heard(state, from, message, rows, means)
    }
    case 'summed':
      return state.phase === 'summing'
        ? decide({
            phase: 'completed',
            manifest: state.manifest,
            dropped: state.dropped,
            survivors: state.survivors,
          })
        : decide(state)
    case 'not-summed':
      return state.phase === 'summing' ? decide(abandoned(state, event.reason, event.culprit)) : decide(state)
    default:
      return unreachable(event)
  }
}

type Open = Exclude<ServerState, { phase: 'completed' | 'abandoned' }>

/** A step's message: taken, or its sender dropped; what was taken before is heard again without effect. */
const heard = (
  state: Open,
  client: ClientId,
  message: StepMessage,
  rows: Rows,
  means: ServerMeans,
): Decision => {
  const before = rowLike(rows, client, message.type)
  if (before) {
    if (JSON.stringify(before) === JSON.stringify(message)) return decide(state)
    return dropped(state, client, 'contradiction', rows, means)
  }
  const taken = takenBy(state, client, message, rows, means)
  if (typeof taken === 'string') return dropped(state, client, taken, rows, means)
  // The row counts from here on, also for what follows in this very decision.
  const seen = withRow(rows, client, message)
  return followedBy(decide(taken, [], [{ client, message }]), (next) => settle(next, seen, means, 'heard'))
}

const takenBy = (
  state: Open,
  client: ClientId,
  message: StepMessage,
  rows: Rows,
  means: ServerMeans,
): Open | DropReason => {
  if (state.phase === 'advertising') {
    if (message.type !== 'secagg-advertise') return 'wrong-step'
    return objectionToAdvertisement(state, client, message, rows, means) ?? withAdvertisement(state, client)
  }
  const member = memberOf(recordOf(rows), client)
  if (member === undefined) return 'wrong-step'
  if (state.phase === 'sharing' && message.type === 'secagg-share')
    return objectionToShares(member, message, rows, means) ?? withShares(state, member)
  if (state.phase === 'masking' && message.type === 'secagg-masked')
    return objectionToInput(state, member, message, rows, means) ?? withInput(state, member)
  if (state.phase === 'confirming' && message.type === 'secagg-confirm')
    return objectionToConfirmation(state, member, message, rows, means) ?? withConfirmation(state, member)
  if (state.phase === 'unmasking' && message.type === 'secagg-unmask')
    return objectionToAnswer(state, member, message, rows, means) ?? withAnswer(state, member)
  return isLate(state, message) ? state : 'wrong-step'
}

/** An answer that came when enough others had: no mistake, and no use. */
const isLate = ({ phase }: Open, { type }: StepMessage): boolean =>
  (phase === 'unmasking' && type === 'secagg-confirm') || (phase === 'summing' && type === 'secagg-unmask')

/** Without this client; until the list of survivors is closed, without its vector. */
const dropped = (
  state: Open,
  client: ClientId,
  reason: DropReason,
  rows: Rows,
  means: ServerMeans,
): Decision => {
  const { state: without, effects } = dropping(state, client, reason)
  return followedBy(decide(without, effects), (next) => settle(next, rows, means, 'dropped'))
}

const settle = (state: ServerState, rows: Rows, means: ServerMeans, cause: Cause): Decision => {
  switch (state.phase) {
    case 'advertising':
      return settleAdvertising(state, rows, means, cause)
    case 'sharing':
      return settleSharing(state, rows, cause)
    case 'masking':
      return settleMasking(state, rows, means, cause)
    case 'confirming':
      return settleConfirming(state, rows, cause)
    case 'unmasking':
      return settleUnmasking(state, rows, cause)
    case 'summing':
    case 'completed':
    case 'abandoned':
      return decide(state)
    default:
      return unreachable(state)
  }
}

/** Whether a client is of the session and may still speak. */
const isPart = (state: Open, client: ClientId, rows: Rows): boolean =>
  !isDropped(state, client) &&
  (state.phase === 'advertising'
    ? state.invited.includes(client)
    : memberOf(recordOf(rows), client) !== undefined)

const withRow = (rows: Rows, client: ClientId, message: StepMessage): Rows => ({
  ...rows,
  advertisement: (of) =>
    of === client && message.type === 'secagg-advertise' ? message : rows.advertisement(of),
  answer: (of) => (of === client && message.type === 'secagg-unmask' ? message : rows.answer(of)),
})
