/** The session of a secure round, as far as the participation knows of it: handed on, spoken for, and left. */
import type { Instant, RoundId } from '@tributary/protocols'
import type { ClientMessage, Invitation } from '@tributary/protocols/messages'
import type { ClientRefusal, CoordinatorSecaggMessage } from '@tributary/protocols/secagg'
import { fail, finish } from './leave-round.ts'
import { SESSION_PATIENCE_MS } from './pace.ts'
import { say } from './say.ts'
import type { SessionStep } from './secure-session.ts'
import type { Joined, Submitting, Training, Unmasking } from './state.ts'
import { type Step, step, still } from './step.ts'

/**
 * A question of the session goes to where its secrets are. Of a round that this client is not in, it says so; one that comes before
 * the session has begun has no answer yet, and is asked again.
 */
export const hearInSession = (
  joined: Joined,
  message: Exclude<CoordinatorSecaggMessage, { type: 'secagg-manifest' }>,
): Step => {
  const { round } = message
  if (inSession(joined, round)) return step(joined, { type: 'hear', round, message })
  const { work } = joined
  return work.is !== 'none' && work.invitation.round === round
    ? still(joined)
    : step(joined, ...say(joined, { type: 'failed', round, reason: 'aborted' }))
}

/** A repeated invitation repeats the first question of the session: the keys may not have been heard. */
export const hearManifestAgain = (joined: Joined, { round, manifest }: Invitation): Step =>
  manifest && inSession(joined, round)?.session
    ? step(joined, { type: 'hear', round, message: { type: 'secagg-manifest', round, manifest } })
    : still(joined)

export const sessionMoved = (joined: Joined, round: RoundId, session: SessionStep): Step => {
  const work = inSession(joined, round)
  return still(work ? { ...joined, work: { ...work, session } } : joined)
}

/** What is lost with the line, the coordinator asks for again. */
export const sessionSays = (joined: Joined, round: RoundId, message: ClientMessage): Step =>
  inSession(joined, round) ? step(joined, ...say(joined, message)) : still(joined)

/**
 * Said no at the beginning, nothing has been given away; later, the coordinator said what no honest one says. A vector that is in
 * stays in: without this client's shares the others open the sum, or nobody does.
 */
export const sessionEnded = (
  joined: Joined,
  round: RoundId,
  { reason, begun }: { reason: ClientRefusal; begun: 'yes' | 'no' },
): Step => {
  const work = inSession(joined, round)
  if (!work) return still(joined)
  if (work.is !== 'unmasking')
    return fail(joined, round, begun === 'yes' ? 'secure-aggregation' : 'privacy-floor', reason)
  const { state, effects } = finish(joined, { kind: 'acknowledged' })
  const notice = { type: 'problem', code: 'session-left', detail: `${round}: ${reason}` } as const
  return { state, effects: [{ type: 'tell', notice }, ...effects] }
}

/** When the client goes by itself: the deadline it was given is that of joining, and a session that it has joined ends by the coordinator's word. */
export const leaveAt = ({ deadlineAt, session }: Training | Unmasking): Instant =>
  session ? deadlineAt + SESSION_PATIENCE_MS : deadlineAt

/** The work at this round, where a session may be under way beside it. */
const inSession = ({ work }: Joined, round: RoundId): Training | Submitting | Unmasking | undefined =>
  (work.is === 'training' || work.is === 'submitting' || work.is === 'unmasking') &&
  work.invitation.round === round
    ? work
    : undefined
