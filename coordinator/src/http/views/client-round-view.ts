import { type ClientRoundView, timestampOf } from '@tributary/protocols/rest'
import type { Participation } from '../../ports/store.ts'
import { isOpen } from '../../round/round.ts'
import { memberView } from './round-view.ts'

export const clientRoundView = ({ round, member }: Participation): ClientRoundView => ({
  task: round.task,
  number: round.number,
  openedAt: timestampOf(round.openedAt),
  outcome: isOpen(round) ? 'open' : round.phase,
  member: memberView(member),
})
