import type { EncodedPublicKey } from '../../crypto/encoded.ts'
import type { Advertisement } from '../advertisement.ts'
import type { SharePair } from '../bundle.ts'
import type { Graph } from '../graph.ts'
import { manifestDigest } from '../manifest.ts'
import type { CoordinatorSecaggMessage, RosterMessage } from '../messages.ts'
import type { Joining } from './begin.ts'

/** What a client knows of a session once the roster has been checked. */
export type ClientSession = Joining & {
  sessionId: Uint8Array
  /** The session id as it stands in messages. */
  session: string
  graph: Graph
  threshold: number
  /** This client's place in the roster. */
  me: number
  /** The neighbours' advertisements, by member. */
  neighbours: ReadonlyMap<number, Advertisement>
  /** The share of its own secrets that a member keeps itself. */
  own: SharePair
  /** The roster as it came, to tell a repetition from a contradiction. */
  roster: RosterMessage
}

/** For every member that this client holds shares of: the shares, or `undefined` where the bundle was no good. */
export type HeldShares = ReadonlyMap<number, SharePair | undefined>

/** Whether a message belongs to the session. */
export const isOf = ({ session }: ClientSession, message: CoordinatorSecaggMessage): boolean =>
  !('session' in message) || message.session === session

/** Whether a manifest or roster is of another session of the round than the one that this client is in, and keeps to. */
export const contradicts = (
  { manifest, roster }: ClientSession,
  message: CoordinatorSecaggMessage,
): boolean => {
  if (message.type === 'secagg-manifest') return manifestDigest(message.manifest) !== manifestDigest(manifest)
  return message.type === 'secagg-roster' && !sameMessage(message, roster)
}

/** Whether two messages say the same. Both came through their schema, which fixes the order of fields. */
export const sameMessage = (a: CoordinatorSecaggMessage, b: CoordinatorSecaggMessage): boolean =>
  JSON.stringify(a) === JSON.stringify(b)

/** Whether two ascending lists of members are one. */
export const sameMembers = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((member, at) => member === b[at])

/** Members who hold shares of this client's secrets and are among these. */
export const holdersAmong = ({ graph, me }: ClientSession, members: readonly number[]): number[] => {
  const among = new Set(members)
  return graph.holders(me).filter((member) => among.has(member))
}

/** A neighbour's X25519 key or Ed25519 key. */
export const keyOf = (
  session: ClientSession,
  member: number,
  key: 'identity' | 'channelKey' | 'maskKey',
): EncodedPublicKey => {
  const advertisement = session.neighbours.get(member)
  if (!advertisement) throw new RangeError(`member ${member} is no neighbour`)
  return advertisement[key]
}
