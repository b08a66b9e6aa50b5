import { including } from '../ascending.ts'
import type { ConfirmMessage } from '../messages.ts'
import { confirmStatement } from '../statements.ts'
import { abandoned, type Cause, decide } from './decide.ts'
import { aliveOf, clientOf, isAnyAwaited, recordOf, statementOf } from './roster.ts'
import type { Rows } from './rows.ts'
import { isSigned } from './sharing.ts'
import type { Confirming, Decision, DropReason, ServerMeans } from './states.ts'
import { isRecoverable } from './unmasking.ts'

/** Why a confirmation is not taken, or `undefined`. */
export const objectionToConfirmation = (
  state: Confirming,
  member: number,
  message: ConfirmMessage,
  rows: Rows,
  means: ServerMeans,
): DropReason | undefined => {
  const record = recordOf(rows)
  if (message.session !== record.session) return 'other-session'
  const statement = confirmStatement(statementOf(record, state))
  return isSigned(message.signature, statement, member, rows, means) ? undefined : 'bad-signature'
}

export const withConfirmation = (state: Confirming, member: number): Confirming => ({
  ...state,
  confirmed: including(state.confirmed, member),
})

/** Goes on to unmasking with the signatures of all who are left, or at its deadline of enough. */
export const settleConfirming = (state: Confirming, rows: Rows, cause: Cause): Decision => {
  const record = recordOf(rows)
  if (cause === 'heard' && isAnyAwaited(state, record, state.survivors, state.confirmed)) return decide(state)
  const alive = aliveOf(state, record, state.survivors)
  if (!isRecoverable(record, state.members, alive)) return decide(abandoned(state, 'too-few-shares'))
  const confirmed = new Set(state.confirmed)
  if (cause !== 'deadline' && alive.some((member) => !confirmed.has(member))) return decide(state)
  if (!isRecoverable(record, state.members, state.confirmed))
    return decide(abandoned(state, 'too-few-shares'))
  const clients = state.confirmed.map((member) => clientOf(record, member))
  return decide({ ...state, phase: 'unmasking', answered: [] }, [{ type: 'tell', clients }])
}
