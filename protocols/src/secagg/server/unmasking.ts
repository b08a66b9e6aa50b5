import { equalSecrets } from '../../crypto/constant-time.ts'
import { decodeKeyText } from '../../crypto/encoded.ts'
import { fromBase64url } from '../../crypto/encoding.ts'
import { including, placeOf } from '../ascending.ts'
import { TEXT_OF_32_BYTES, textAt } from '../joined.ts'
import { type SecretKind, shareDigester } from '../keys.ts'
import type { Shares, UnmaskMessage } from '../messages.ts'
import { unmaskStatement } from '../statements.ts'
import { abandoned, type Cause, decide } from './decide.ts'
import { aliveOf, clientOf, graphOfRecord, isAnyAwaited, recordOf, required, statementOf } from './roster.ts'
import type { Rows, SessionRecord } from './rows.ts'
import { isSigned } from './sharing.ts'
import type { Decision, DropReason, ServerMeans, Unmasking } from './states.ts'

/** Whether every member's secret can be had from these holders, as far as their number goes. */
export const isRecoverable = (
  record: SessionRecord,
  members: readonly number[],
  holders: readonly number[],
): boolean => {
  const graph = graphOfRecord(record)
  const there = new Uint8Array(graph.size)
  for (const holder of holders) there[holder] = 1
  // Asked at every message and mostly not so: the first member who lacks holders answers.
  return members.every((member) => {
    let holding = 0
    for (const holder of graph.holders(member)) holding += there[holder] ?? 0
    return holding >= record.threshold
  })
}

/**
 * Why an answer is not taken, or `undefined`. Every share is held against the digest that its owner published, so that
 * a wrong one names who showed it, not who dealt it.
 */
export const objectionToAnswer = (
  state: Unmasking,
  member: number,
  message: UnmaskMessage,
  rows: Rows,
  means: ServerMeans,
): DropReason | undefined => {
  const record = recordOf(rows)
  if (message.session !== record.session) return 'other-session'
  const sessionId = decodeKeyText(record.session)
  const survives = (owner: number) => placeOf(owner, state.survivors) >= 0
  const droppedOut = (owner: number) => placeOf(owner, state.members) >= 0 && !survives(owner)
  const objection =
    objectionToShown('seed', message.seeds, survives) ??
    objectionToShown('mask-key', message.maskKeys, droppedOut)
  if (objection) return objection
  const statement = unmaskStatement(message, statementOf(record, state), means.sha256)
  return isSigned(message.signature, statement, member, rows, means) ? undefined : 'bad-signature'

  function objectionToShown(
    kind: SecretKind,
    shown: Shares,
    isOf: (owner: number) => boolean,
  ): DropReason | undefined {
    const graph = graphOfRecord(record)
    const digestOf = shareDigester({ sessionId, kind }, means.sha256)
    for (const [at, owner] of shown.members.entries()) {
      if (!isOf(owner)) return 'wrong-kind'
      const x = graph.shareX(owner, member)
      if (x === undefined) return 'wrong-kind'
      const { digests } = required(rows.shares(clientOf(record, owner)), 'dealt shares')
      const published = textAt(digests, TEXT_OF_32_BYTES, 2 * (x - 1) + (kind === 'seed' ? 1 : 0))
      const share = fromBase64url(textAt(shown.shares, TEXT_OF_32_BYTES, at) ?? '')
      if (!equalSecrets(digestOf({ owner, x, share }), fromBase64url(published ?? ''))) return 'wrong-share'
    }
    return undefined
  }
}

export const withAnswer = (state: Unmasking, member: number): Unmasking => ({
  ...state,
  answered: including(state.answered, member),
})

/** Goes on to the sum as soon as every secret has its shares; gives up when some secret cannot get them any more. */
export const settleUnmasking = (state: Unmasking, rows: Rows, cause: Cause): Decision => {
  const record = recordOf(rows)
  const { confirmed, answered, ...kept } = state
  // Nobody shows a share without having answered: what was shown is counted only where enough have.
  if (isRecoverable(record, state.members, answered) && hasShares(state, rows))
    return decide({ ...kept, phase: 'summing', answered }, [{ type: 'sum' }])
  const asked = state.manifest.unmasking === 'confirmed' ? confirmed : state.survivors
  if (cause === 'heard' && isAnyAwaited(state, record, asked, answered)) return decide(state)
  const alive = aliveOf(state, record, asked)
  const heard = new Set(answered)
  const awaited = alive.filter((member) => !heard.has(member))
  const hopeless = awaited.length === 0 || !isRecoverable(record, state.members, [...answered, ...awaited])
  if (cause !== 'deadline' && !hopeless) return decide(state)
  const culprit = wrongDealer(state, rows)
  return decide(
    culprit === undefined
      ? abandoned(state, 'too-few-shares')
      : abandoned(state, 'wrong-dealing', clientOf(record, culprit)),
  )
}

/** Whether as many shares of every member's secret were really shown as it takes. */
const hasShares = (state: Unmasking, rows: Rows): boolean => {
  const shown = sharesShown(state, rows)
  const { threshold } = recordOf(rows)
  return state.members.every((member) => (shown.get(member) ?? 0) >= threshold)
}

/** A member of whom enough holders answered, and too few of them had anything good to show. */
const wrongDealer = (state: Unmasking, rows: Rows): number | undefined => {
  const record = recordOf(rows)
  const shown = sharesShown(state, rows)
  return state.members.find(
    (member) =>
      (shown.get(member) ?? 0) < record.threshold && isRecoverable(record, [member], state.answered),
  )
}

const sharesShown = ({ answered }: Unmasking, rows: Rows): Map<number, number> => {
  const record = recordOf(rows)
  const counts = new Map<number, number>()
  for (const member of answered) {
    const { seeds, maskKeys } = required(rows.answer(clientOf(record, member)), 'an answer')
    for (const owner of [...seeds.members, ...maskKeys.members])
      counts.set(owner, (counts.get(owner) ?? 0) + 1)
  }
  return counts
}
