import { unreachable } from '../../unreachable.ts'
import { inAdvertised } from './advertised.ts'
import { inAnswered } from './answered.ts'
import { inConfirming } from './confirming.ts'
import { end } from './end.ts'
import { inMasked } from './masked.ts'
import { inMasking } from './masking.ts'
import { contradicts } from './session.ts'
import { inShared } from './shared.ts'
import type { ClientEvent, ClientMeans, ClientState, ClientStep } from './states.ts'

/** The next state, and what is to be done about it. */
export const clientTransition = (state: ClientState, event: ClientEvent, means: ClientMeans): ClientStep => {
  if (state.phase === 'ended') return { state, effects: [] }
  if (event.type === 'cancelled') return end(state, 'cancelled')
  if (event.type === 'message' && 'session' in state && contradicts(state.session, event.message))
    return end(state, 'contradiction', state.session.roster, event.message)
  switch (state.phase) {
    case 'advertised':
      return inAdvertised(state, event, means)
    case 'shared':
      return inShared(state, event, means)
    case 'masking':
      return inMasking(state, event, means)
    case 'masked':
      return inMasked(state, event, means)
    case 'confirming':
      return inConfirming(state, event, means)
    case 'answered':
      return inAnswered(state, event)
    default:
      return unreachable(state)
  }
}
