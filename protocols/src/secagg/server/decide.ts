/** The pieces that decisions are made of. */
import type { ClientId } from '../../ids.ts'
import type { Row } from './rows.ts'
import type { Decision, DropReason, SecaggAbandonReason, ServerEffect, ServerState } from './states.ts'

export const decide = (state: ServerState, effects: ServerEffect[] = [], rows: Row[] = []): Decision => ({
  state,
  rows,
  effects,
})

/** The same state with a client dropped; once is enough. */
export const dropping = <S extends ServerState>(
  state: S,
  client: ClientId,
  reason: DropReason,
): { state: S; effects: ServerEffect[] } =>
  isDropped(state, client)
    ? { state, effects: [] }
    : {
        state: { ...state, dropped: [...state.dropped, { client, reason }] },
        effects: [{ type: 'dropped', client, reason }],
      }

export const isDropped = ({ dropped }: ServerState, client: ClientId): boolean =>
  dropped.some((drop) => drop.client === client)

export const abandoned = (
  { manifest, dropped }: ServerState,
  reason: SecaggAbandonReason,
  culprit?: ClientId,
): ServerState => ({ phase: 'abandoned', manifest, dropped, reason, ...(culprit && { culprit }) })

/** A decision and what follows from it at once. */
export const followedBy = (first: Decision, next: (state: ServerState) => Decision): Decision => {
  const second = next(first.state)
  return {
    state: second.state,
    rows: [...first.rows, ...second.rows],
    effects: [...first.effects, ...second.effects],
  }
}

/**
 * Why it is asked whether a step is over: someone's answer was taken, someone was dropped, or time is up. Only who is
 * dropped can leave too few; an answer takes nothing away that the session needs.
 */
export type Cause = 'heard' | 'dropped' | 'deadline'
