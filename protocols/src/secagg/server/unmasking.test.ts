import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { EncodedNonce, EncodedSignature, encodeNonce } from '../../crypto/encoded.ts'
import { digestBytes, someIdentities } from '../session.builders.ts'
import { graphOfRecord } from './roster.ts'
import type { SessionRecord } from './rows.ts'
import { isRecoverable } from './unmasking.ts'

const aRecord = (degree: number, threshold: number): SessionRecord => ({
  type: 'secagg-session',
  session: EncodedNonce.parse('A'.repeat(43)),
  clients: someIdentities(12).map(({ clientId }) => clientId),
  seedPart: EncodedNonce.parse('A'.repeat(43)),
  graphSeed: encodeNonce(digestBytes('graph')),
  degree,
  threshold,
  leaves: '',
  signature: EncodedSignature.parse('A'.repeat(86)),
})

describe('secrets can be had', () => {
  test.each([4, 6, 11])('where each has its threshold of holders, of %i and itself', (degree) => {
    const everyone = Array.from({ length: 12 }, (_, member) => member)
    const some = fc.subarray(everyone)
    fc.assert(
      fc.property(some, some, fc.integer({ min: 1, max: degree + 1 }), (members, holders, threshold) => {
        const record = aRecord(degree, threshold)
        const graph = graphOfRecord(record)
        const counted = members.every(
          (member) => graph.holders(member).filter((holder) => holders.includes(holder)).length >= threshold,
        )
        expect(isRecoverable(record, members, holders)).toBe(counted)
      }),
    )
  })
})
