import { unreachable } from '../../unreachable.ts'
import type { ClientRefusal, CoordinatorSecaggMessage } from '../messages.ts'
import type { ClientSession, HeldShares } from './session.ts'
import type { ClientEffect, ClientState, ClientStep } from './states.ts'

type Open = Exclude<ClientState, { phase: 'ended' }>

/** Ends the session: says why, keeps the messages that prove it, and has every secret erased. */
export const end = (
  state: Open,
  reason: ClientRefusal,
  ...evidence: readonly CoordinatorSecaggMessage[]
): ClientStep => ({
  state: { phase: 'ended', reason, evidence },
  effects: [
    { type: 'send', message: { type: 'secagg-refuse', round: roundOf(state), reason } },
    ...erasing(state),
  ],
})

/** The same state, and the answer once more: the question was asked again. */
export const again = (
  state: Open & { sent: Extract<ClientEffect, { type: 'send' }>['message'] },
): ClientStep => ({
  state,
  effects: [{ type: 'send', message: state.sent }],
})

/** The same state and nothing to do. */
export const stay = (state: ClientState): ClientStep => ({ state, effects: [] })

/** Has everything that was secret in a state erased. */
const erasing = (state: Open): ClientEffect[] => {
  switch (state.phase) {
    case 'advertised':
      return [{ type: 'erase', secrets: [state.joining.entropy] }]
    case 'shared':
      return [eraseSession(state.session)]
    case 'masking':
    case 'masked':
    case 'confirming':
      return [eraseSession(state.session, state.held)]
    case 'answered':
      return []
    default:
      return unreachable(state)
  }
}

/** Overwrites what a session's keys follow from, and the shares of others. */
export const eraseSession = (
  { entropy, own }: ClientSession,
  held: HeldShares = new Map(),
): ClientEffect => ({
  type: 'erase',
  secrets: [entropy, ...bytesOf(new Map([...held, [-1, own] as const]))],
})

const bytesOf = (held: HeldShares): Uint8Array[] =>
  [...held.values()].flatMap((pair) => (pair ? [pair.maskKey, pair.seed] : []))

const roundOf = (state: Open) =>
  state.phase === 'advertised' || state.phase === 'answered' ? state.sent.round : state.session.manifest.round
