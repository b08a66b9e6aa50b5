import { decodeKeyText } from '../../crypto/encoded.ts'
import type { ConfirmMessage } from '../messages.ts'
import { confirmStatement, survivorsStatement } from '../statements.ts'
import { abandoned, decide, including } from './decide.ts'
import { aliveOf, clientOf, recordOf } from './roster.ts'
import type { Rows } from './rows.ts'
import { isSigned } from './sharing.ts'
import type { Confirming, Decision, DropReason, ServerMeans } from './states.ts'
import { isRecoverable } from './unmasking.ts'

/** Why a confirmation is not taken, or `undefined`. */
export const objectionToConfirmation = (
  { members, survivors }: Confirming,
  member: number,
  message: ConfirmMessage,
  rows: Rows,
  means: ServerMeans,
): DropReason | undefined => {
  const { session } = recordOf(rows)
  if (message.session !== session) return 'other-session'
  const statement = confirmStatement(survivorsStatement(decodeKeyText(session), members, survivors))
  return isSigned(message.signature, statement, member, rows, means) ? undefined : 'bad-signature'
}

export const withConfirmation = (state: Confirming, member: number): Confirming => ({
  ...state,
  confirmed: including(state.confirmed, member),
})

/** Goes on to unmasking with the signatures of all who are left, or at its deadline of enough. */
export const settleConfirming = (state: Confirming, rows: Rows, time: 'left' | 'up'): Decision => {
  const record = recordOf(rows)
  const alive = aliveOf(state, record, state.survivors)
  if (!isRecoverable(record, state.members, alive)) return decide(abandoned(state, 'too-few-shares'))
  const confirmed = new Set(state.confirmed)
  if (time === 'left' && alive.some((member) => !confirmed.has(member))) return decide(state)
  if (!isRecoverable(record, state.members, state.confirmed))
    return decide(abandoned(state, 'too-few-shares'))
  const clients = state.confirmed.map((member) => clientOf(record, member))
  return decide({ ...state, phase: 'unmasking', answered: [] }, [{ type: 'tell', clients }])
}
