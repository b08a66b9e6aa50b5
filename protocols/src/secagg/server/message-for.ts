import type { ClientId } from '../../ids.ts'
import { unreachable } from '../../unreachable.ts'
import { placeOf } from '../ascending.ts'
import { textAt } from '../joined.ts'
import { manifestDigest } from '../manifest.ts'
import {
  BUNDLE_TEXT,
  type BundlesMessage,
  type CoordinatorSecaggMessage,
  DIGESTS_TEXT,
  type RosterMessage,
} from '../messages.ts'
import { isDropped } from './decide.ts'
import { clientOf, graphOfRecord, memberOf, recordOf, required } from './roster.ts'
import type { Rows } from './rows.ts'
import type { Masking, ServerEffect, ServerState, Sharing } from './states.ts'

/**
 * What this state has to say to a client: the question that it has not answered. The same bytes each time, so it may be
 * sent on every new line. `undefined` where nothing is asked of it.
 */
export const messageFor = (
  state: ServerState,
  rows: Rows,
  client: ClientId,
): CoordinatorSecaggMessage | undefined => {
  if (isDropped(state, client)) return undefined
  if (state.phase === 'advertising') {
    const { manifest, invited, advertised } = state
    const awaited = invited.includes(client) && !advertised.includes(client)
    return awaited ? { type: 'secagg-manifest', round: manifest.round, manifest } : undefined
  }
  if (state.phase === 'completed' || state.phase === 'abandoned' || state.phase === 'summing')
    return undefined
  const record = recordOf(rows)
  const member = memberOf(record, client)
  if (member === undefined) return undefined
  const head = { round: state.manifest.round, session: record.session }
  switch (state.phase) {
    case 'sharing':
      return state.shared.includes(member) ? undefined : rosterFor(state, rows, member)
    case 'masking':
      return isAsked(state.members, state.inputs, member) ? bundlesFor(state, rows, member) : undefined
    case 'confirming':
      return isAsked(state.survivors, state.confirmed, member)
        ? { type: 'secagg-survivors', ...head, survivors: state.survivors, signature: state.signature }
        : undefined
    case 'unmasking':
      if (state.manifest.unmasking === 'direct')
        return isAsked(state.survivors, state.answered, member)
          ? { type: 'secagg-survivors', ...head, survivors: state.survivors, signature: state.signature }
          : undefined
      if (!isAsked(state.confirmed, state.answered, member)) return undefined
      return {
        type: 'secagg-confirmations',
        ...head,
        confirmations: confirmationsFor(state.confirmed, rows, member),
      }
    default:
      return unreachable(state)
  }
}

/** What a restarted coordinator still owes: the questions of this state, or the sum. */
export const resumeServer = (state: ServerState, rows: Rows): ServerEffect[] => {
  if (state.phase === 'summing') return [{ type: 'sum' }]
  const clients = state.phase === 'advertising' ? state.invited : (rows.session()?.clients ?? [])
  const owed = clients.filter((client) => messageFor(state, rows, client) !== undefined)
  return owed.length > 0 ? [{ type: 'tell', clients: owed }] : []
}

const isAsked = (asked: readonly number[], answered: readonly number[], member: number): boolean =>
  placeOf(member, asked) >= 0 && placeOf(member, answered) < 0

const rosterFor = ({ manifest }: Sharing, rows: Rows, member: number): RosterMessage => {
  const record = recordOf(rows)
  const { seedPart, degree, threshold, leaves, signature } = record
  const members = graphOfRecord(record)
    .neighbours(member)
    .map((neighbour) => ({
      member: neighbour,
      advertisement: required(rows.advertisement(clientOf(record, neighbour)), 'an advertisement')
        .advertisement,
    }))
  return {
    type: 'secagg-roster',
    round: manifest.round,
    manifest: manifestDigest(manifest),
    seedPart,
    degree,
    threshold,
    leaves,
    members,
    signature,
  }
}

const bundlesFor = ({ manifest, members }: Masking, rows: Rows, member: number): BundlesMessage => {
  const record = recordOf(rows)
  const graph = graphOfRecord(record)
  const among = new Set(members)
  const shares = graph.neighbours(member).flatMap((from) => {
    if (!among.has(from)) return []
    const dealt = required(rows.shares(clientOf(record, from)), 'dealt shares')
    const at = placeOf(member, graph.holders(from))
    const digests = textAt(dealt.digests, DIGESTS_TEXT, at)
    if (digests === undefined) throw new Error('a holder has no digests among the dealt shares')
    // The bundles begin after the implied shares, and the dealer itself has none.
    const own = placeOf(from, graph.holders(from))
    const first = record.threshold - 1
    const place = at - first - (own >= first && own < at ? 1 : 0)
    const bundle = at < first ? undefined : textAt(dealt.bundles, BUNDLE_TEXT, place)
    return [{ from, ...(bundle !== undefined && { bundle }), digests }]
  })
  return { type: 'secagg-bundles', round: manifest.round, session: record.session, members, shares }
}

const confirmationsFor = (confirmed: readonly number[], rows: Rows, member: number) => {
  const record = recordOf(rows)
  const among = new Set(confirmed)
  return graphOfRecord(record)
    .holders(member)
    .filter((holder) => among.has(holder))
    .map((holder) => ({
      member: holder,
      signature: required(rows.confirmation(clientOf(record, holder)), 'a confirmation').signature,
    }))
}
