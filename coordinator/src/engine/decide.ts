import type { ClientId } from '@tributary/protocols'
import { createRows, type Row, rowsOver, type ServerMeans } from '@tributary/protocols/secagg'
import type { Change } from '../ports/store.ts'
import type { Decision } from '../round/decision.ts'
import type { RoundEffect } from '../round/event.ts'
import type { Member } from '../round/member.ts'
import type { Round } from '../round/round.ts'
import { transition } from '../round/transition.ts'
import { requestedBy } from './changes.ts'
import { eventOf } from './happening.ts'
import type { Runner, Waiting } from './runner.ts'

/** What came of a batch, each happening decided on top of the ones before it. Nothing of it holds before it is saved. */
export type Decided = {
  round: Round
  touched: Map<ClientId, Member>
  effects: RoundEffect[]
  decisions: Decision[]
  /** To be saved with the round. */
  also: Change[]
  /** New rows of a secure round's session. */
  rows: Row[]
  /** Clients accepted, and no more. */
  canWait: boolean
}

export const decide = (
  { round, members, policy, rows }: Pick<Runner, 'round' | 'members' | 'policy' | 'rows'>,
  batch: readonly Waiting[],
  { now, means }: { now(): number; means: ServerMeans },
): Decided => {
  const decided: Decided = {
    round,
    touched: new Map(),
    effects: [],
    decisions: [],
    also: [],
    rows: [],
    canWait: true,
  }
  const memberOf = (client: ClientId) => decided.touched.get(client) ?? members.get(client)
  const fresh = createRows()
  const beside = { member: memberOf, rows: rowsOver(rows, fresh), means }
  for (const { happening } of batch) {
    const about = 'client' in happening ? happening.client : undefined
    const member = about && memberOf(about)
    const event = eventOf(happening, now(), member)
    const decision: Decision = event
      ? transition(decided.round, event, policy, beside)
      : { kind: 'refused', reason: 'not-invited' }
    decided.decisions.push(decision)
    if (decision.kind !== 'changed') continue
    decided.round = decision.round
    decided.canWait &&= happening.type === 'accepted'
    for (const changed of decision.members) decided.touched.set(changed.client, changed)
    decided.effects.push(...decision.effects)
    for (const row of decision.rows ?? []) {
      fresh.keep(row)
      decided.rows.push(row)
    }
    decided.also.push(...requestedBy(happening, round.id, now()))
  }
  return decided
}
