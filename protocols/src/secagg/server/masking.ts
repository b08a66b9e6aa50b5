import { encodeSignature } from '../../crypto/encoded.ts'
import { including } from '../ascending.ts'
import type { MaskedMessage } from '../messages.ts'
import { maskedStatement } from '../statements.ts'
import { maskedBytes } from '../vector-layout.ts'
import { abandoned, type Cause, decide, dropping } from './decide.ts'
import { aliveOf, clientOf, isAnyAwaited, recordOf, statementOf } from './roster.ts'
import type { Rows } from './rows.ts'
import { isSigned } from './sharing.ts'
import type { Decision, DropReason, Masking, ServerEffect, ServerMeans } from './states.ts'
import { isRecoverable } from './unmasking.ts'

/** Why a masked vector is not taken, or `undefined`. */
export const objectionToInput = (
  state: Masking,
  member: number,
  message: MaskedMessage,
  rows: Rows,
  means: ServerMeans,
): DropReason | undefined => {
  if (message.session !== recordOf(rows).session) return 'other-session'
  if (message.bytes !== maskedBytes(state.manifest.vector)) return 'wrong-length'
  return isSigned(message.signature, maskedStatement(message), member, rows, means)
    ? undefined
    : 'bad-signature'
}

export const withInput = (state: Masking, member: number): Masking => ({
  ...state,
  inputs: including(state.inputs, member),
})

/** Closes the list of survivors when every vector is there or its sender dropped, or time is up. */
export const settleMasking = (state: Masking, rows: Rows, means: ServerMeans, cause: Cause): Decision => {
  const record = recordOf(rows)
  const { manifest, members } = state
  if (cause === 'heard' && isAnyAwaited(state, record, members, state.inputs)) return decide(state)
  const alive = aliveOf(state, record, members)
  if (alive.length < manifest.cohort.least) return decide(abandoned(state, 'too-few-clients'))
  if (!isRecoverable(record, members, alive)) return decide(abandoned(state, 'too-few-shares'))
  const among = new Set(state.inputs)
  const silent = alive.filter((member) => !among.has(member))
  if (cause !== 'deadline' && silent.length > 0) return decide(state)

  const effects: ServerEffect[] = []
  let current = state
  for (const member of silent) {
    const next = dropping(current, clientOf(record, member), 'silent')
    current = next.state
    effects.push(...next.effects)
  }
  const survivors = alive.filter((member) => among.has(member))
  if (survivors.length < manifest.cohort.least) return decide(abandoned(current, 'too-few-clients'), effects)
  if (!isRecoverable(record, members, survivors)) return decide(abandoned(current, 'too-few-shares'), effects)
  const statement = statementOf(record, { members, survivors })
  const closed = {
    manifest,
    dropped: current.dropped,
    members,
    survivors,
    signature: encodeSignature(means.sign(statement)),
    confirmed: [],
  }
  effects.push({ type: 'tell', clients: survivors.map((member) => clientOf(record, member)) })
  return manifest.unmasking === 'confirmed'
    ? decide({ phase: 'confirming', ...closed }, effects)
    : decide({ phase: 'unmasking', ...closed, answered: [] }, effects)
}
