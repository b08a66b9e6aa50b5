/** What a session's record says of its members. */
import { decodeKeyText } from '../../crypto/encoded.ts'
import type { ClientId } from '../../ids.ts'
import { placeOf } from '../ascending.ts'
import { createGraph, type Graph } from '../graph.ts'
import { survivorsStatement } from '../statements.ts'
import { isDropped } from './decide.ts'
import type { Rows, SessionRecord } from './rows.ts'
import type { ServerState } from './states.ts'

/** @throws Error where rows were lost: a state beyond advertising has a record. */
export const recordOf = (rows: Rows): SessionRecord => {
  const record = rows.session()
  if (!record) throw new Error('the session’s record is missing beside its state')
  return record
}

/** The graph of a session, computed once for each record. */
export const graphOfRecord = (record: SessionRecord): Graph => {
  const known = graphs.get(record)
  if (known) return known
  const { clients, degree, graphSeed } = record
  const graph = createGraph({ size: clients.length, degree, seed: decodeKeyText(graphSeed) })
  graphs.set(record, graph)
  return graph
}

const graphs = new WeakMap<SessionRecord, Graph>()

/** What the coordinator signs of a list of survivors, computed once for each list. */
export const statementOf = (
  record: SessionRecord,
  { members, survivors }: { members: readonly number[]; survivors: readonly number[] },
): Uint8Array => {
  const known = statements.get(survivors)
  if (known && known.record === record && known.members === members) return known.statement
  const statement = survivorsStatement(decodeKeyText(record.session), members, survivors)
  statements.set(survivors, { record, members, statement })
  return statement
}

const statements = new WeakMap<
  readonly number[],
  { record: SessionRecord; members: readonly number[]; statement: Uint8Array }
>()

/** A member's client. */
export const clientOf = ({ clients }: SessionRecord, member: number): ClientId => {
  const client = clients[member]
  if (!client) throw new RangeError(`there is no member ${member}`)
  return client
}

/** A client's place, or `undefined` for one that is no member. */
export const memberOf = ({ clients }: SessionRecord, client: ClientId): number | undefined => {
  const at = placeOf(client, clients)
  return at < 0 ? undefined : at
}

/** Those of these members who have not been dropped. */
export const aliveOf = (state: ServerState, record: SessionRecord, members: readonly number[]): number[] => {
  const gone = new Set(state.dropped.map(({ client }) => client))
  return members.filter((member) => !gone.has(clientOf(record, member)))
}

/** Whether anyone of these members is still to answer, who has not been dropped. Both lists are ascending. */
export const isAnyAwaited = (
  state: ServerState,
  record: SessionRecord,
  asked: readonly number[],
  answered: readonly number[],
): boolean => {
  let at = 0
  for (const member of asked) {
    while ((answered[at] ?? member) < member) at++
    if (answered[at] !== member && !isDropped(state, clientOf(record, member))) return true
  }
  return false
}

/** A row that must be there. */
export const required = <T>(row: T | undefined, what: string): T => {
  if (row === undefined) throw new Error(`${what} is missing beside the session’s state`)
  return row
}
