import { inspect } from 'node:util'
import { ed25519 } from '@noble/curves/ed25519.js'
import { describe, expect, test } from 'vitest'
import { ClientId } from '../ids.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { answerChallenge, challengeDigest, createChallenge, verifyChallenge } from './challenge.ts'
import { verify } from './ed25519.ts'
import { fromHex, toHex, toUtf8 } from './encoding.ts'
import { enrolmentTokenHash, proveEnrolment, verifyEnrolment } from './enrolment.ts'
import { clientIdOf, createIdentity, identityFromSeed } from './identity.ts'

const alice = identityFromSeed(seededRandom('alice').bytes(32))
const bob = identityFromSeed(seededRandom('bob').bytes(32))
const message = toUtf8('a statement')

describe('an identity', () => {
  test('is the same again from its exported seed', () => {
    const again = identityFromSeed(alice.exportSeed())
    expect(again.clientId).toBe(alice.clientId)
    expect(again.sign(message)).toEqual(alice.sign(message))
  })

  test('is new each time', () => {
    expect(createIdentity().clientId).not.toBe(createIdentity().clientId)
  })

  test('has the id that follows from its public key', () => {
    expect(clientIdOf(alice.publicKey)).toBe(alice.clientId)
    expect(ClientId.safeParse(alice.clientId).success).toBe(true)
  })

  test('gives no secret away when it is printed or stored', () => {
    const seed = alice.exportSeed()
    for (const text of [JSON.stringify(alice), inspect(alice, { depth: 9, showHidden: true })]) {
      expect(text).not.toContain(toHex(seed))
      expect(text).not.toContain([...seed.subarray(0, 4)].join(','))
      expect(text).not.toContain([...seed.subarray(0, 4)].join(', '))
    }
  })

  test('keeps its key though the caller’s seed is overwritten', () => {
    const seed = seededRandom('alice').bytes(32)
    const identity = identityFromSeed(seed)
    seed.fill(0)
    expect(identity.exportSeed()).toEqual(alice.exportSeed())
  })

  test('has a seed of 32 bytes', () => {
    expect(() => identityFromSeed(new Uint8Array(31))).toThrow(/32 bytes, not 31/)
  })
})

describe('a signature', () => {
  test('verifies for its key and message alone', () => {
    const signature = alice.sign(message)
    expect(verify(alice.publicKey, message, signature)).toBe(true)
    expect(verify(bob.publicKey, message, signature)).toBe(false)
    expect(verify(alice.publicKey, toUtf8('another'), signature)).toBe(false)
    expect(verify(alice.publicKey, message, signature.subarray(1))).toBe(false)
    expect(verify(alice.publicKey.subarray(1), message, signature)).toBe(false)
  })

  test('[K9] cannot be changed into another valid one by adding the group’s order', () => {
    const order = BigInt(`0x${'10'.padEnd(32, '0')}14def9dea2f79cd65812631a5cf5d3ed`)
    const signature = alice.sign(message)
    const s = BigInt(`0x${toHex(signature.slice(32).reverse())}`) + order
    const malleated = signature.slice()
    malleated.set(fromHex(s.toString(16).padStart(64, '0')).reverse(), 32)
    expect(verify(alice.publicKey, message, malleated)).toBe(false)
    expect(verify(alice.publicKey, message, malleated, () => true)).toBe(false)
    expect(verify(alice.publicKey, message, signature, () => true)).toBe(true)
  })

  test('[K9] under a key of small order proves nothing, however the key is written', () => {
    const torsion = ed25519.Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05')
    const multiples = [torsion]
    while (multiples.length < 8) multiples.push((multiples.at(-1) ?? torsion).add(torsion))
    const unreduced = ['ed', 'ee'].map((low) => fromHex(`${low}${'ff'.repeat(30)}7f`))
    const keys = [...multiples.map((point) => point.toBytes()), ...unreduced]
    for (const key of keys)
      for (const sign of [0, 0x80]) {
        const written = key.slice()
        written[31] = (written[31] ?? 0) ^ sign
        expect(verify(written, message, new Uint8Array(64), () => true)).toBe(false)
      }
    expect(multiples.every((point) => point.isSmallOrder())).toBe(true)
  })
})

describe('the answer to a challenge', () => {
  const challenge = createChallenge('coordinator-1')
  const answer = {
    challenge,
    client: alice.clientId,
    publicKey: alice.publicKey,
    signature: answerChallenge(alice, challenge),
  }

  test('proves who answers', () => {
    expect(verifyChallenge(answer)).toBe(true)
  })

  test('is worth nothing for another nonce, coordinator, client or key', () => {
    for (const wrong of [
      { challenge: createChallenge('coordinator-1') },
      { challenge: { ...challenge, coordinator: 'coordinator-2' } },
      { client: bob.clientId },
      { publicKey: bob.publicKey },
      { client: bob.clientId, publicKey: bob.publicKey },
      { signature: alice.sign(challenge.nonce) },
      { publicKey: bob.publicKey, signature: bob.sign(challengeDigest(challenge, alice.clientId)) },
    ])
      expect(verifyChallenge({ ...answer, ...wrong })).toBe(false)
  })
})

describe('the proof of an enrolment', () => {
  const proof = {
    tokenHash: enrolmentTokenHash('token-1'),
    publicKey: alice.publicKey,
    signature: proveEnrolment(alice, 'token-1'),
  }

  test('binds token and key', () => {
    expect(verifyEnrolment(proof)).toBe(true)
    expect(verifyEnrolment({ ...proof, tokenHash: enrolmentTokenHash('token-2') })).toBe(false)
    expect(verifyEnrolment({ ...proof, publicKey: bob.publicKey })).toBe(false)
  })
})
