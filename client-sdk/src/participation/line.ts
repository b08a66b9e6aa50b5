/** The line to the coordinator: opened, proven, lost and opened again. */
import { negotiateVersion, PROTOCOL_VERSIONS, unreachable } from '@tributary/protocols'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import type { Moment } from './event.ts'
import { CONNECT_PATIENCE_MS, reconnectDelayMs, SHORTEST_REST_MS, STEADY_LINE_MS } from './pace.ts'
import { checkIn, checkInAgain } from './say.ts'
import type { Joined, Presence } from './state.ts'
import { type Step, step, still } from './step.ts'
import { stop } from './stop.ts'

type Heard<T extends CoordinatorMessage['type']> = Extract<CoordinatorMessage, { type: T }>

export const connect = (joined: Joined, { at }: Moment, attempt = 0): Step =>
  step(
    { ...joined, line: { is: 'connecting', attempt, giveUpAt: at + CONNECT_PATIENCE_MS } },
    { type: 'connect' },
  )

/** Work goes on without a line. */
export const loseLine = (joined: Joined, { at, chance }: Moment): Joined => {
  const { line } = joined
  if (line.is === 'down') return joined
  const attempt = line.is === 'ready' && at - line.since >= STEADY_LINE_MS ? 0 : line.attempt
  const retryAt = at + reconnectDelayMs(attempt, chance)
  return { ...joined, line: { is: 'down', attempt: attempt + 1, retryAt } }
}

export const hangUp = (joined: Joined, moment: Moment): Step =>
  joined.line.is === 'down'
    ? still(joined)
    : step(loseLine(joined, moment), { type: 'hang-up', line: 'spent' })

export const answerChallenge = (joined: Joined, challenge: Heard<'challenge'>): Step => {
  const { coordinator, nonce, protocols } = challenge
  if (joined.coordinator !== undefined && joined.coordinator !== coordinator)
    return stop(
      joined,
      'untrusted-coordinator',
      `it says that it is ${coordinator}, and this client has enrolled with ${joined.coordinator}`,
    )
  const protocol = negotiateVersion(PROTOCOL_VERSIONS, protocols)
  if (protocol === undefined) {
    const detail = `the coordinator speaks ${protocols.join(', ')}, this client ${PROTOCOL_VERSIONS.join(', ')}`
    return stop(joined, 'unsupported-protocol', detail)
  }
  const { line } = joined
  return line.is === 'connecting'
    ? step(
        { ...joined, line: { ...line, is: 'authenticating' } },
        { type: 'authenticate', coordinator, nonce, protocol },
      )
    : still(joined)
}

/** Known to the coordinator: ask for work. */
export const enter = (joined: Joined, { session }: Heard<'welcome'>, { at }: Moment): Step => {
  const { line } = joined
  if (line.is !== 'authenticating') return still(joined)
  const presence: Presence = { is: 'checking-in' }
  return checkInAgain({
    ...joined,
    line: { is: 'ready', attempt: line.attempt, since: at, presence },
    session,
  })
}

export const standBy = (joined: Joined): Joined =>
  joined.line.is === 'ready' ? { ...joined, line: { ...joined.line, presence: { is: 'standby' } } } : joined

export const rest = (joined: Joined, { afterMs, reason }: Heard<'come-back'>, { at }: Moment): Step => {
  if (joined.line.is !== 'ready') return still(joined)
  const until = at + Math.max(SHORTEST_REST_MS, afterMs)
  return still({ ...joined, line: { ...joined.line, presence: { is: 'resting', until, reason } } })
}

/** What the line is due for: a new attempt, an end to waiting, or asking for work again. */
export const keepLine = (joined: Joined, moment: Moment): Step => {
  const { line } = joined
  switch (line.is) {
    case 'down':
      return moment.at < line.retryAt ? still(joined) : connect(joined, moment, line.attempt)
    case 'connecting':
    case 'authenticating':
      return moment.at < line.giveUpAt ? still(joined) : hangUp(joined, moment)
    case 'ready':
      return line.presence.is === 'resting' && moment.at >= line.presence.until
        ? checkIn(joined)
        : still(joined)
    default:
      return unreachable(line)
  }
}
