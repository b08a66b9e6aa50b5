import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeNonce, encodeSignature } from '../../crypto/encoded.ts'
import { createGraph } from '../graph.ts'
import { aManifest, digestBytes, serverMeans, someIdentities } from '../session.builders.ts'
import { createRows } from './rows.ts'
import type { Sharing } from './states.ts'
import { serverTransition } from './transition.ts'

const SIZE = 24
const record = {
  type: 'secagg-session' as const,
  session: encodeNonce(digestBytes('session')),
  clients: someIdentities(SIZE).map(({ clientId }) => clientId),
  seedPart: encodeNonce(digestBytes('seed part')),
  graphSeed: encodeNonce(digestBytes('graph seed')),
  degree: 6,
  threshold: 5,
  leaves: '',
  signature: encodeSignature(new Uint8Array(64)),
}
const EVERYONE = Array.from({ length: SIZE }, (_, member) => member)
const graph = createGraph({ size: SIZE, degree: 6, seed: digestBytes('graph seed') })
const holdersAmong = (member: number, members: readonly number[]) =>
  graph.holders(member).filter((holder) => members.includes(holder)).length

test('[M12] at the deadline everyone who goes on has enough holders who do, and who has not is dropped', () => {
  const manifest = aManifest(SIZE)
  let lonely = 0
  fc.assert(
    fc.property(fc.subarray(EVERYONE, { minLength: 15 }), (shared) => {
      const state: Sharing = { phase: 'sharing', manifest, dropped: [], shared }
      const after = serverTransition(state, { type: 'deadline' }, createRows([record]), serverMeans).state
      const dropped = after.dropped.filter(({ reason }) => reason === 'too-few-neighbours')
      lonely += dropped.length
      if (after.phase !== 'masking') {
        expect(after.phase).toBe('abandoned')
        return
      }
      expect(
        after.members.filter((member) => holdersAmong(member, after.members) < record.threshold),
      ).toEqual([])
      // Everyone is told apart: gone on, silent before, or left too lonely.
      expect(after.members.length + dropped.length).toBe(shared.length)
    }),
    { numRuns: 200 },
  )
  expect(lonely).toBeGreaterThan(20)
})
