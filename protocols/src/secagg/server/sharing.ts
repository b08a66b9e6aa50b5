import { verify } from '../../crypto/ed25519.ts'
import { decodeKeyText } from '../../crypto/encoded.ts'
import { including } from '../ascending.ts'
import { dealtTo } from '../implied-shares.ts'
import { countOf } from '../joined.ts'
import { BUNDLE_TEXT, DIGESTS_TEXT, type ShareMessage } from '../messages.ts'
import { shareStatement } from '../statements.ts'
import { abandoned, type Cause, decide, dropping } from './decide.ts'
import { aliveOf, clientOf, graphOfRecord, isAnyAwaited, recordOf, required } from './roster.ts'
import type { Rows } from './rows.ts'
import type { Decision, DropReason, ServerEffect, ServerMeans, Sharing } from './states.ts'

/** Why shares are not taken, or `undefined`. What is inside the bundles only their receivers can tell. */
export const objectionToShares = (
  member: number,
  message: ShareMessage,
  rows: Rows,
  means: ServerMeans,
): DropReason | undefined => {
  const record = recordOf(rows)
  if (message.session !== record.session) return 'other-session'
  const graph = graphOfRecord(record)
  if (
    countOf(message.digests, DIGESTS_TEXT) !== graph.holders(member).length ||
    countOf(message.bundles, BUNDLE_TEXT) !== dealtTo(graph, member, record.threshold).length
  )
    return 'wrong-count'
  return isSigned(message.signature, shareStatement(message, means.sha256), member, rows, means)
    ? undefined
    : 'bad-signature'
}

export const withShares = (state: Sharing, member: number): Sharing => ({
  ...state,
  shared: including(state.shared, member),
})

/**
 * Goes on to masking when everyone has dealt shares or been dropped, or time is up. Who is left with fewer than
 * `threshold` holders could not be helped out of the sum, and is dropped now, while that costs nothing.
 */
export const settleSharing = (state: Sharing, rows: Rows, cause: Cause): Decision => {
  const record = recordOf(rows)
  const { least } = state.manifest.cohort
  const everyone = record.clients.map((_, member) => member)
  if (cause === 'heard' && isAnyAwaited(state, record, everyone, state.shared)) return decide(state)
  const alive = aliveOf(state, record, everyone)
  if (alive.length < least) return decide(abandoned(state, 'too-few-clients'))
  const shared = new Set(state.shared)
  const silent = alive.filter((member) => !shared.has(member))
  if (cause !== 'deadline' && silent.length > 0) return decide(state)

  const effects: ServerEffect[] = []
  let current: Sharing = state
  const drop = (member: number, reason: DropReason) => {
    const next = dropping(current, clientOf(record, member), reason)
    current = next.state
    effects.push(...next.effects)
  }
  for (const member of silent) drop(member, 'silent')
  let members = alive.filter((member) => shared.has(member))
  const graph = graphOfRecord(record)
  for (;;) {
    const among = new Set(members)
    const lonely = members.filter(
      (member) => graph.holders(member).filter((holder) => among.has(holder)).length < record.threshold,
    )
    if (lonely.length === 0) break
    for (const member of lonely) drop(member, 'too-few-neighbours')
    members = members.filter((member) => !lonely.includes(member))
  }
  if (members.length < least) return decide(abandoned(current, 'too-few-clients'), effects)
  const { manifest, dropped } = current
  return decide({ phase: 'masking', manifest, dropped, members, inputs: [] }, [
    ...effects,
    { type: 'tell', clients: members.map((member) => clientOf(record, member)) },
  ])
}

/** Whether a member signed this, under the identity that it advertised. */
export const isSigned = (
  signature: ShareMessage['signature'],
  statement: Uint8Array,
  member: number,
  rows: Rows,
  { verifySignature }: ServerMeans,
): boolean => {
  const client = clientOf(recordOf(rows), member)
  const { identity } = required(rows.advertisement(client), 'an advertisement').advertisement
  return verify(decodeKeyText(identity), statement, decodeKeyText(signature), verifySignature)
}
