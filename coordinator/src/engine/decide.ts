import type { ClientId } from '@tributary/protocols'
import type { Change } from '../ports/store.ts'
import type { RoundEffect } from '../round/event.ts'
import type { Member } from '../round/member.ts'
import type { Round } from '../round/round.ts'
import { type Decision, transition } from '../round/transition.ts'
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
  /** Clients accepted, and no more. */
  canWait: boolean
}

export const decide = (
  { round, members, policy }: Pick<Runner, 'round' | 'members' | 'policy'>,
  batch: readonly Waiting[],
  now: () => number,
): Decided => {
  const decided: Decided = {
    round,
    touched: new Map(),
    effects: [],
    decisions: [],
    also: [],
    canWait: true,
  }
  for (const { happening } of batch) {
    const about = 'client' in happening ? happening.client : undefined
    const member = about && (decided.touched.get(about) ?? members.get(about))
    const event = eventOf(happening, now(), member)
    const decision: Decision = event
      ? transition(decided.round, event, policy)
      : { kind: 'refused', reason: 'not-invited' }
    decided.decisions.push(decision)
    if (decision.kind !== 'changed') continue
    decided.round = decision.round
    decided.canWait &&= happening.type === 'accepted'
    for (const changed of decision.members) decided.touched.set(changed.client, changed)
    decided.effects.push(...decision.effects)
    decided.also.push(...requestedBy(happening, round.id, now()))
  }
  return decided
}
