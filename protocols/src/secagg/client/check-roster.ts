/** Everything that a client checks before it deals a single share. */
import { verify } from '../../crypto/ed25519.ts'
import { decodeKeyText } from '../../crypto/encoded.ts'
import { fromBase64url } from '../../crypto/encoding.ts'
import { clientIdOf } from '../../crypto/identity.ts'
import type { Advertisement } from '../advertisement.ts'
import type { Graph } from '../graph.ts'
import { graphParameters } from '../graph-parameters.ts'
import type { ClientRefusal, RosterMessage } from '../messages.ts'
import {
  advertisementDigest,
  graphOf,
  isLowOrder,
  rosterLeaf,
  seedPartCommitment,
  sessionIdOf,
} from '../session.ts'
import { rosterStatement } from '../statements.ts'
import type { Joining } from './begin.ts'
import type { Advertised, ClientMeans } from './states.ts'

export type CheckedRoster = {
  sessionId: Uint8Array
  graph: Graph
  me: number
  neighbours: ReadonlyMap<number, Advertisement>
}

/** What a roster comes to, or why it is refused. */
export const checkRoster = (
  { joining, sent }: Advertised,
  roster: RosterMessage,
  means: ClientMeans,
): CheckedRoster | ClientRefusal => {
  const { manifest, digest } = joining
  if (roster.manifest !== digest) return 'other-manifest'
  const seedPart = decodeKeyText(roster.seedPart)
  if (!equal(seedPartCommitment(seedPart), decodeKeyText(manifest.graph.seedCommitment)))
    return 'seed-not-committed'
  const leaves = leavesOf(roster)
  if (leaves.length < manifest.cohort.least || leaves.length > manifest.cohort.most) return 'cohort-size'
  const keys = leaves.map((leaf) => leaf.join())
  if (new Set(keys).size !== keys.length) return 'duplicate-member'
  const me = keys.indexOf(rosterLeaf(digest, sent.advertisement).join())
  if (me < 0) return 'not-in-roster'
  const expected = graphParameters({ ...manifest.graph, clients: leaves.length })
  if (expected?.degree !== roster.degree || expected.threshold !== roster.threshold) return 'other-graph'
  const terms = { manifest: digest, leaves, seedPart, parameters: expected }
  const sessionId = sessionIdOf(terms)
  const coordinator = decodeKeyText(manifest.coordinator)
  const signature = decodeKeyText(roster.signature)
  if (!verify(coordinator, rosterStatement(sessionId), signature, means.verifySignature))
    return 'bad-signature'
  const graph = graphOf(terms)
  const neighbours = graph.neighbours(me)
  if (roster.members.length !== neighbours.length) return 'other-graph'
  for (const [at, { member }] of roster.members.entries()) if (member !== neighbours[at]) return 'other-graph'
  const objection = objectionToNeighbours(joining, roster, leaves, sent.advertisement, means)
  return (
    objection ?? {
      sessionId,
      graph,
      me,
      neighbours: new Map(roster.members.map(({ member, advertisement }) => [member, advertisement])),
    }
  )
}

const objectionToNeighbours = (
  { digest }: Joining,
  roster: RosterMessage,
  leaves: readonly Uint8Array[],
  own: Advertisement,
  means: ClientMeans,
): ClientRefusal | undefined => {
  const { enrolled, verifySignature } = means
  const seen = new Set([own.client, own.identity, own.channelKey, own.maskKey].map(String))
  for (const { member, advertisement } of roster.members) {
    if (!equal(rosterLeaf(digest, advertisement), leaves[member] ?? new Uint8Array(0))) return 'roster-proof'
    const { client, identity, channelKey, maskKey, signature } = advertisement
    const publicKey = decodeKeyText(identity)
    if (
      clientIdOf(publicKey) !== client ||
      !verify(
        publicKey,
        advertisementDigest(digest, advertisement),
        decodeKeyText(signature),
        verifySignature,
      )
    )
      return 'bad-signature'
    if (enrolled && !enrolled.has(client)) return 'not-enrolled'
    for (const value of [client, identity, channelKey, maskKey]) {
      if (seen.has(value)) return 'duplicate-key'
      seen.add(value)
    }
    for (const key of [channelKey, maskKey])
      if (isLowOrder(decodeKeyText(key), means.x25519)) return 'low-order-key'
  }
  return undefined
}

const leavesOf = ({ leaves }: RosterMessage): Uint8Array[] => {
  const bytes = fromBase64url(leaves)
  return Array.from({ length: bytes.length / 32 }, (_, at) => bytes.subarray(32 * at, 32 * at + 32))
}

/** Of public values: no need to hide where they differ. */
const equal = (a: Uint8Array, b: Uint8Array): boolean =>
  a.length === b.length && a.every((byte, at) => byte === b[at])
