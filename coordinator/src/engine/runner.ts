import type { ClientId } from '@tributary/protocols'
import type { Cancel } from '@tributary/protocols/runtime'
import { createRows, type Row, type Rows } from '@tributary/protocols/secagg'
import type { Change } from '../ports/store.ts'
import type { RoundEffect } from '../round/event.ts'
import type { Member } from '../round/member.ts'
import type { RoundPolicy } from '../round/policy.ts'
import type { Round } from '../round/round.ts'
import type { Happening, Outcome } from './happening.ts'

export type Waiting = {
  happening: Happening
  resolve(outcome: Outcome): void
  reject(error: unknown): void
}

/** A round at work: its saved state, its members by id, what waits to be decided, and the effects still to perform. */
export type Runner = {
  round: Round
  fence: readonly Change[]
  /** The round has been let go of: nothing more is decided or done about it here. */
  gone: boolean
  members: Map<ClientId, Member>
  policy: RoundPolicy
  /** Of a secure round's session. */
  rows: Rows & { keep(row: Row): void }
  queue: Waiting[]
  draining: boolean
  effects: RoundEffect[]
  performing: Promise<void> | undefined
  /** The round's timer: whether one is to ring, and how to cancel it. */
  waiting: boolean
  cancelTimer: Cancel
  /** Its deadline is not acted on before this instant. */
  notBefore: number
  /** Members that have accepted, to be saved with whatever is saved next, and when that is due at the latest. */
  unsaved: Map<ClientId, Member>
  cancelSave: Cancel
  /** The last save that was begun. */
  saving: Promise<void> | undefined
  /** A save failed, and may have been made all the same: the tables are to be read before anything is decided. */
  doubtful: boolean
}

export type Beginning = Pick<Runner, 'round' | 'fence' | 'policy' | 'notBefore'> & {
  members: Iterable<Member>
  rows?: Iterable<Row>
}

/** A round that is to be set to work: nothing waits, nothing is under way. */
export const newRunner = ({ members, rows = [], ...beginning }: Beginning): Runner => ({
  ...beginning,
  gone: false,
  members: new Map(Array.from(members, (member) => [member.client, member])),
  rows: createRows(rows),
  queue: [],
  draining: false,
  effects: [],
  performing: undefined,
  waiting: false,
  cancelTimer: () => {},
  unsaved: new Map(),
  cancelSave: () => {},
  saving: undefined,
  doubtful: false,
})
