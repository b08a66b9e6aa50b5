import { describe, expect, test } from 'vitest'
import { encodeSignature } from '../crypto/encoded.ts'
import { createOpener } from '../crypto/envelope.ts'
import { identityFromSeed } from '../crypto/identity.ts'
import { createKeyPair } from '../crypto/key-agreement.ts'
import { Digest, RoundId, TaskId } from '../ids.ts'
import { seededRandom } from '../runtime/seeded-random.ts'
import { digestOf } from '../tensors/digest.ts'
import { openUpdate, sealUpdate } from './seal.ts'
import {
  type Claims,
  decodeSubmission,
  encodeSubmission,
  MAX_SUBMISSION_CHARACTERS,
  MaskedClaims,
  Submission,
  SubmissionFormatError,
  signSubmission,
  submissionDigest,
  verifySubmission,
} from './submission.ts'

const alice = identityFromSeed(seededRandom('alice').bytes(32))
const bob = identityFromSeed(seededRandom('bob').bytes(32))
const roundKey = createKeyPair(seededRandom('round'))
const update = seededRandom('update').bytes(1_000)
const claims: Claims = { examples: 60, trainMs: 812.5, metrics: { loss: 0.25, accuracy: 0.9, bias: -0 } }
const ofRound = { task: TaskId.parse('digits'), round: RoundId.parse('digits.3'), model: digestOf(update) }
const sealed = sealUpdate({ identity: alice, ...ofRound, roundKey: roundKey.publicKey, update, claims })
const { submission } = sealed

describe('a sealed update', () => {
  const opener = createOpener({ secretKey: roundKey.secretKey })

  test('opens to what was sealed, and its submission describes it', () => {
    expect(openUpdate(sealed, opener)).toEqual(update)
    expect(submission.envelope).toBe(digestOf(sealed.envelope))
    expect(submission.envelopeBytes).toBe(sealed.envelope.length)
  })

  test('does not open beside a submission for something else', () => {
    for (const other of [
      { round: RoundId.parse('digits.4') },
      { client: bob.clientId },
      { model: Digest.parse(`sha256:${'0'.repeat(64)}`) },
      { envelopeBytes: submission.envelopeBytes - 1 },
      { envelopeBytes: submission.envelopeBytes + 1 },
    ])
      expect(() => openUpdate({ ...sealed, submission: { ...submission, ...other } }, opener)).toThrow(
        /envelope/,
      )
  })
})

describe('[U2] a submission', () => {
  test('verifies for the client that signed it, through its header', () => {
    expect(verifySubmission(submission, alice.publicKey)).toBe(true)
    expect(verifySubmission(decodeSubmission(encodeSubmission(submission)), alice.publicKey)).toBe(true)
    expect(verifySubmission(submission, bob.publicKey)).toBe(false)
  })

  test.each<[string, Partial<Submission>]>([
    ['task', { task: TaskId.parse('words') }],
    ['round', { round: RoundId.parse('digits.4') }],
    ['client', { client: bob.clientId }],
    ['model', { model: Digest.parse(`sha256:${'0'.repeat(64)}`) }],
    ['envelope', { envelope: Digest.parse(`sha256:${'0'.repeat(64)}`) }],
    ['size', { envelopeBytes: 100 }],
    ['number of examples', { claims: { ...claims, examples: 6_000 } }],
    ['time', { claims: { ...claims, trainMs: 1 } }],
    ['absence of time', { claims: { examples: 60, metrics: claims.metrics } }],
    ['metric', { claims: { ...claims, metrics: { ...claims.metrics, loss: 0.2 } } }],
    ['fewer metrics', { claims: { ...claims, metrics: { loss: 0.25 } } }],
    ['name of a metric', { claims: { ...claims, metrics: { lass: 0.25, accuracy: 0.9, bias: 0 } } }],
  ])('does not verify with another %s', (_, other) => {
    expect(verifySubmission({ ...submission, ...other }, alice.publicKey)).toBe(false)
  })

  test('verifies whatever the order of its metrics', () => {
    const metrics = { bias: 0, accuracy: 0.9, loss: 0.25 }
    expect(verifySubmission({ ...submission, claims: { ...claims, metrics } }, alice.publicKey)).toBe(true)
  })

  test('does not verify where someone else signed in the client’s name', () => {
    const signature = encodeSignature(bob.sign(submissionDigest(submission)))
    expect(verifySubmission({ ...submission, signature }, bob.publicKey)).toBe(false)
  })

  test('is signed by its own client', () => {
    const { signature: _, ...unsigned } = submission
    expect(() => signSubmission(bob, unsigned)).toThrow(/cannot sign for/)
  })

  test('at its longest still fits its header, and one character more is refused', () => {
    const metrics = Object.fromEntries(
      Array.from({ length: 32 }, (_, i) => [`m${i}`.padEnd(32, 'x'), -2.2250738585072014e-308]),
    )
    const task = TaskId.parse('t'.repeat(63))
    const { signature: _, ...unsigned } = submission
    const header = encodeSubmission(
      signSubmission(alice, {
        ...unsigned,
        task,
        round: RoundId.parse(`${task}.9999999999`),
        envelopeBytes: 2 ** 40,
        claims: { examples: 2_147_483_647, trainMs: 2.2250738585072014e-308, metrics },
      }),
    )
    expect(header.length).toBeLessThanOrEqual(MAX_SUBMISSION_CHARACTERS)
    expect(verifySubmission(decodeSubmission(header), alice.publicKey)).toBe(true)
    expect(() => decodeSubmission('A'.repeat(MAX_SUBMISSION_CHARACTERS + 1))).toThrow(SubmissionFormatError)
  })

  test.each<[string, unknown]>([
    ['no examples', { ...submission, claims: { ...claims, examples: 0 } }],
    ['half an example', { ...submission, claims: { ...claims, examples: 1.5 } }],
    ['too many examples', { ...submission, claims: { ...claims, examples: 2 ** 31 } }],
    ['negative time', { ...submission, claims: { ...claims, trainMs: -1 } }],
    ['a metric that is no number', { ...submission, claims: { ...claims, metrics: { loss: null } } }],
    ['a metric without a proper name', { ...submission, claims: { ...claims, metrics: { __proto: 1 } } }],
    [
      '33 metrics',
      {
        ...submission,
        claims: {
          ...claims,
          metrics: Object.fromEntries(Array.from({ length: 33 }, (_, i) => [`m${i}`, i])),
        },
      },
    ],
    ['a round of another task', { ...submission, round: 'words.3' }],
    ['a field nobody signed', { ...submission, note: 'x' }],
    ['a short signature', { ...submission, signature: 'AAAA' }],
    ['no fields', {}],
    ['no object', 7],
  ])('with %s is refused', (_, wrong) => {
    const header = Buffer.from(JSON.stringify(wrong)).toString('base64url')
    expect(() => decodeSubmission(header)).toThrow(SubmissionFormatError)
  })

  test.each(['', '!', 'AAAA', Buffer.from('{').toString('base64url')])('header %j is refused', (header) => {
    expect(() => decodeSubmission(header)).toThrow(/cannot be read/)
  })

  test.each(['', '..', '.3', 'digits', 'A B.1', '\u0000.1'])(
    'one of round %j is refused, and nothing is thrown',
    (round) => {
      expect(Submission.safeParse({ ...submission, round }).success).toBe(false)
    },
  )

  test('holds finite metrics only', () => {
    expect(
      Submission.safeParse({ ...submission, claims: { ...claims, metrics: { loss: Number.NaN } } }).success,
    ).toBe(false)
  })
})

describe('[U12] a submission of a masked vector', () => {
  const masked = {
    type: 'secagg-masked',
    round: ofRound.round,
    session: 'A'.repeat(43),
    vector: digestOf(update),
    bytes: 1_000,
    signature: 'A'.repeat(86),
  } as const
  const sealedVector = sealUpdate({
    identity: alice,
    ...ofRound,
    roundKey: roundKey.publicKey,
    update,
    claims: MaskedClaims.parse({ masked }),
  })

  test('verifies through its header, and not as one of open claims or of another vector', () => {
    const { submission } = sealedVector
    expect(verifySubmission(decodeSubmission(encodeSubmission(submission)), alice.publicKey)).toBe(true)
    for (const changes of [
      { session: `${'B'.repeat(42)}A` },
      { vector: digestOf(new Uint8Array(1)) },
      { bytes: 999 },
    ]) {
      const other = { ...submission, claims: { masked: { ...masked, ...changes } } } as Submission
      expect(verifySubmission(other, alice.publicKey)).toBe(false)
    }
    expect(verifySubmission({ ...submission, claims }, alice.publicKey)).toBe(false)
  })

  test('says nothing of examples and metrics, and is one of its own round', () => {
    const { submission } = sealedVector
    for (const claimed of [
      { masked, examples: 60 },
      { masked: { ...masked, round: 'digits.4' } },
      { masked: { ...masked, signature: 'AAAA' } },
    ])
      expect(Submission.safeParse({ ...submission, claims: claimed }).success).toBe(false)
  })
})
