import { unreachable } from '@tributary/protocols'
import type { RefusalReason } from '@tributary/protocols/messages'
import type { Effect } from './effect.ts'
import { abandonFetch } from './published-model.ts'
import { say } from './say.ts'
import type { Idle, Joined, Stopped, StopReason } from './state.ts'
import { type Step, step } from './step.ts'

/** The coordinator will not have this client. */
export const stop = (joined: Joined, reason: StopReason, detail: string): Step<Stopped> =>
  step({ phase: 'stopped', newest: joined.model.newest, reason, detail }, ...letGo(joined), {
    type: 'tell',
    notice: { type: 'stopped', reason, detail },
  })

/**
 * The app takes this client away. A coordinator that waits for its update is told that none will come; not so where the update is made and kept: it is
 * offered when the app is back, unless it leaves for good.
 */
export const leave = (joined: Joined, forGood?: 'for-good'): Step<Idle> => {
  const { task, work } = joined
  const owesUpdate =
    work.is === 'fetching' || work.is === 'training' || (work.is === 'submitting' && (forGood || !work.kept))
  const failed = owesUpdate
    ? say(joined, { type: 'failed', round: work.invitation.round, reason: 'aborted' })
    : []
  return step(
    { phase: 'idle', newest: joined.model.newest },
    ...failed,
    ...say(joined, { type: 'leave', task }),
    ...letGo(joined),
  )
}

/** Whether a refusal is about this client as a whole, and not about what it asked. */
export const isStopReason = (reason: RefusalReason): reason is StopReason & RefusalReason => {
  switch (reason) {
    case 'unsupported-protocol':
    case 'unknown-client':
    case 'revoked-client':
    case 'bad-signature':
    case 'unknown-task':
    case 'replaced':
      return true
    case 'malformed':
    case 'not-authenticated':
    case 'already-authenticated':
    case 'unknown-round':
    case 'not-invited':
    case 'round-over':
    case 'too-many-messages':
      return false
    default:
      return unreachable(reason)
  }
}

const letGo = ({ line, work, model }: Joined): Effect[] => [
  ...(work.is === 'none' ? [] : [{ type: 'drop', round: work.invitation.round } as const]),
  ...abandonFetch(model),
  ...(line.is === 'down' ? [] : [{ type: 'hang-up', line: 'left' } as const]),
]
