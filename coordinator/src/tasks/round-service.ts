import { RoundId } from '@tributary/protocols'
import type { Clock } from '@tributary/protocols/runtime'
import type { Forward } from '../cluster/forward.ts'
import type { Engine } from '../engine/engine.ts'
import { earlierResource, rememberReply } from '../idempotency.ts'
import type { Live } from '../live/live.ts'
import type { Store } from '../ports/store.ts'
import { isRefusal, type Refusal, refuse } from '../refusal.ts'
import type { Round } from '../round/round.ts'
import type { RoundService } from '../services.ts'
import type { BeginRound } from './begin-round.ts'

type Needs = {
  clock: Clock
  store: Store
  engine: Pick<Engine, 'view'> & Pick<Forward, 'dispatch'>
  begin: BeginRound
  progressOf: Live['progressOf']
}

/** Rounds as operators see and move them. */
export const createRoundService = ({ clock, store, engine, begin, progressOf }: Needs): RoundService => {
  const roundOf = async (task: string, id: RoundId): Promise<Round | Refusal> => {
    const round = await engine.view(id)
    return round?.task === task ? round : refuse('not-found', `task ${task} has no round ${id}`)
  }
  return {
    async trigger(task, actor, idempotency) {
      const again = async () => {
        const earlier = await earlierResource(store, idempotency)
        if (!earlier || isRefusal(earlier)) return earlier
        return roundOf(task, RoundId.parse(earlier.resource))
      }
      const earlier = await again()
      if (earlier) return earlier
      const begun = await begin(task, {
        actor: actor.id,
        also: (round) => rememberReply(idempotency, round.id, clock.now()),
      })
      // Two requests under one key may race: the one that lost is answered with the round that the other began.
      return isRefusal(begun) ? ((await again()) ?? begun) : begun
    },
    async get(task, id) {
      const round = await roundOf(task, id)
      if (isRefusal(round)) return round
      return { round, members: await store.members.ofRound(id), progress: progressOf(id) }
    },
    async list(task, page) {
      if (!(await store.tasks.get(task))) return refuse('not-found', `there is no task ${task}`)
      return store.rounds.list(task, page)
    },
    async abandon(task, id, reason, actor) {
      const round = await roundOf(task, id)
      if (isRefusal(round)) return round
      const decision = await engine.dispatch(id, {
        type: 'abandon-requested',
        reason: actor.id === 'coordinator' ? 'task-finished' : 'operator',
        detail: reason,
        by: actor.id,
      })
      if (decision.kind !== 'changed')
        return refuse('round-over', `round ${id} has ended already`, { about: { round: id } })
      return roundOf(task, id)
    },
  }
}
