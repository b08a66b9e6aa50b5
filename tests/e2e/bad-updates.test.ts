import { readFileSync } from 'node:fs'
import { type Digest, RoundId, TaskId } from '@tributary/protocols'
import { ENVELOPE_HEADER_BYTES, fromHex } from '@tributary/protocols/crypto'
import { digestOf, encodeSafetensors, type TensorManifest, totalElements } from '@tributary/protocols/tensors'
import { type SealedUpdate, type Submission, signSubmission } from '@tributary/protocols/updates'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf } from '../fleet/operator.ts'
import { sealFor, upload } from '../fleet/raw-client.ts'
import { beginRawRound, type RawMember, type RawRound, TENSORS } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const counted = (reason: string) => coordinator.metric('tributary_refusals_total', { kind: 'update', reason })

type Expected = { status: number; word: string; about?: Record<string, string | number> }

/** Hands in something wrong; then the same client hands in what is right, and the round completes with it. */
const refused = async (wrong: (round: RawRound) => SealedUpdate, expected: Expected) => {
  await using round = await beginRawRound(coordinator)
  const before = await counted(expected.word)
  const refusal = refusalOf(await round.one.submit(wrong(round)))
  expect(refusal).toMatchObject(expected)
  expect(await counted(expected.word)).toBe(before + 1)
  await round.completes()
  return refusal
}

describe('[T6] tensors that are not the model’s are refused by name, and the round goes on', () => {
  const [kernel, bias] = TENSORS as [TensorManifest[number], TensorManifest[number]]
  const cases: Record<string, { tensors: TensorManifest; tensor: string; reason: string }> = {
    'another name': { tensors: [kernel, { ...bias, name: 'offset' }], tensor: 'bias', reason: 'name' },
    'another shape of the same size': {
      tensors: [{ ...kernel, shape: [3, 4] }, bias],
      tensor: 'kernel',
      reason: 'shape',
    },
    'another order': { tensors: [bias, kernel], tensor: 'kernel', reason: 'name' },
    'one missing': { tensors: [kernel], tensor: 'bias', reason: 'missing' },
    'one too many': {
      tensors: [
        { ...kernel, shape: [1, 1] },
        { ...bias, shape: [1] },
        { ...bias, name: 'more', shape: [1] },
      ],
      tensor: 'kernel',
      reason: 'shape',
    },
  }
  test.each(Object.entries(cases))('%s', async (_, { tensors, tensor, reason }) => {
    const values = new Float32Array(totalElements(tensors))
    const { detail } = await refused(
      ({ one }) => sealFor(one, one.invitation, encodeSafetensors({ tensors, values })),
      { status: 422, word: 'bad-tensors', about: { tensor, reason } },
    )
    expect(detail).toContain(tensor)
  })

  test('integers where numbers are expected', async () => {
    const tensors = TENSORS.map((tensor) => ({ ...tensor, dtype: 'I32' as const }))
    const { detail } = await refused(
      ({ one }) => sealFor(one, one.invitation, encodeSafetensors({ tensors, values: new Int32Array(15) })),
      { status: 422, word: 'bad-tensors', about: { tensor: 'kernel', reason: 'wrong-dtype' } },
    )
    expect(detail).toContain('I32')
  })

  test.each([
    ['NaN', Number.NaN],
    ['Infinity', Number.POSITIVE_INFINITY],
    ['-Infinity', Number.NEGATIVE_INFINITY],
  ])('%s, by the first place where it stands', async (_, bad) => {
    const values = new Float32Array(15).fill(0.5)
    values.fill(bad, 13) // the second and third element of the second tensor
    const { detail } = await refused(
      ({ one }) => sealFor(one, one.invitation, encodeSafetensors({ tensors: TENSORS, values })),
      { status: 422, word: 'bad-tensors', about: { tensor: 'bias', index: 1, reason: 'not-finite' } },
    )
    expect(detail).toMatch(/bias .*index 1/)
  })

  test('bytes that are no tensors', async () => {
    await refused(
      ({ one }) => sealFor(one, one.invitation, new TextEncoder().encode('these are no tensors')),
      {
        status: 422,
        word: 'bad-tensors',
      },
    )
  })
})

describe('[U6] what is not for this task, round, client and model is refused', () => {
  test('signed for another round of the task', () =>
    refused(({ one, task }) => signedAnew(one, { round: RoundId.parse(`${task}.2`) }), {
      status: 422,
      word: 'wrong-round',
    }))

  test('signed for a round of another task', () =>
    refused(({ one }) => signedAnew(one, { task: TaskId.parse('other'), round: RoundId.parse('other.1') }), {
      status: 422,
      word: 'wrong-round',
    }))

  test('signed for another model', () =>
    refused(({ one }) => signedAnew(one, { model: digestOf(new Uint8Array(1)) }), {
      status: 409,
      word: 'wrong-model',
    }))

  test('signed by and for another client', () =>
    refused(({ other }) => other.seal(), { status: 422, word: 'wrong-client' }))

  test('[E3] an envelope sealed for another round does not open, though it is signed for this one', async () => {
    await using earlier = await beginRawRound(coordinator)
    const { envelope } = earlier.one.seal()
    await refused(({ one }) => signedFor(one, envelope), {
      status: 422,
      word: 'not-openable',
      about: { reason: 'not-authentic' },
    })
  })

  test('[E3] an envelope sealed by another client does not open, though it is signed by this one', () =>
    refused(({ one, other }) => signedFor(one, other.seal().envelope), {
      status: 422,
      word: 'not-openable',
      about: { reason: 'not-authentic' },
    }))

  test('[E3] an envelope sealed for another model does not open, though it is signed for this one', () =>
    refused(
      ({ one }) => {
        const model: Digest = digestOf(new Uint8Array(1))
        const { envelope } = sealFor(
          one,
          { ...one.invitation, model: { ...one.invitation.model, digest: model } },
          encodeSafetensors({ tensors: TENSORS, values: one.delta }),
        )
        return signedFor(one, envelope)
      },
      { status: 422, word: 'not-openable', about: { reason: 'not-authentic' } },
    ))

  test('an address that is not the session’s own', async () => {
    await using round = await beginRawRound(coordinator)
    const { one, other, id } = round
    const { token } = one.invitation.session
    const to = { round: one.invitation.round, client: one.id, token }
    const wrong: [typeof to, number, string][] = [
      [{ ...to, client: other.id }, 403, 'forbidden'],
      [{ ...to, round: RoundId.parse(`${round.task}.2`) }, 404, 'not-found'],
      [{ ...to, round: RoundId.parse('no-such-task.1') }, 404, 'not-found'],
    ]
    for (const [address, status, word] of wrong)
      expect(refusalOf(await upload(coordinator.url, address, one.seal()))).toMatchObject({ status, word })
    expect((await coordinator.operator.round(id)).members).toMatchObject([
      { status: 'invited' },
      { status: 'invited' },
    ])
    await round.completes()
  })

  test('a client that was not invited', async () => {
    await using round = await beginRawRound(coordinator)
    await using elsewhere = await beginRawRound(coordinator)
    const stranger = elsewhere.one
    const { one } = round
    const sealed = sealFor(
      stranger,
      one.invitation,
      encodeSafetensors({ tensors: TENSORS, values: one.delta }),
    )
    const answer = await upload(
      coordinator.url,
      { round: one.invitation.round, client: stranger.id, token: stranger.invitation.session.token },
      sealed,
    )
    expect(refusalOf(answer)).toMatchObject({ status: 403, word: 'not-invited' })
    await round.completes()
    await elsewhere.completes()
  })
})

describe('[U7] what is not whole, or not signed, is refused', () => {
  test('fewer bytes than were signed', () =>
    refused(({ one }) => cut(one.seal(), (bytes) => bytes.subarray(0, -1)), {
      status: 422,
      word: 'wrong-digest',
    }))

  test('a bit that was turned on the way', () =>
    refused(({ one }) => cut(one.seal(), turned), { status: 422, word: 'wrong-digest' }))

  test.each([
    ['truncated within a frame', (bytes: Uint8Array) => bytes.slice(0, -1), 'not-authentic'],
    [
      'truncated to its header',
      (bytes: Uint8Array) => bytes.slice(0, ENVELOPE_HEADER_BYTES + 16),
      'not-authentic',
    ],
    ['with a bit turned', turned, 'not-authentic'],
    ['of another version', (bytes: Uint8Array) => Uint8Array.of(2, ...bytes.subarray(1)), 'version'],
  ])('[E5] an envelope that is %s does not open, though it is signed', async (_, change, reason) => {
    await refused(({ one }) => signedFor(one, change(one.seal().envelope)), {
      status: 422,
      word: 'not-openable',
      about: { reason },
    })
  })

  test('an examples count that was changed after signing', () =>
    refused(({ one }) => claiming(one.seal(), { examples: 1_000_000 }), {
      status: 403,
      word: 'bad-signature',
    }))

  test('a signature of somebody else', () =>
    refused(
      ({ one, other }) => {
        const sealed = one.seal()
        const { signature } = other.seal().submission
        return { ...sealed, submission: { ...sealed.submission, signature } }
      },
      { status: 403, word: 'bad-signature' },
    ))

  test('a submission that is none', async () => {
    await using round = await beginRawRound(coordinator)
    const sealed = round.one.seal()
    for (const claims of [{ examples: 0, metrics: {} }, { examples: 1.5, metrics: {} }, { examples: 1 }]) {
      const submission = { ...sealed.submission, claims } as Submission
      const refusal = refusalOf(await round.one.submit({ ...sealed, submission }))
      expect(refusal).toMatchObject({ status: 400, word: 'invalid' })
      expect(refusal.detail).toContain('claims')
    }
    await round.completes()
  })
})

describe('[E6] an envelope whose ephemeral key is of low order is refused, for its secret would be no secret', () => {
  const vectors: { x25519LowOrder: string[] } = JSON.parse(
    readFileSync(new URL('../vectors/primitives.json', import.meta.url), 'utf8'),
  )
  test.each(vectors.x25519LowOrder)('%s', async (key) => {
    const lowOrder = ({ one }: RawRound) => {
      const { envelope } = one.seal()
      envelope.set(fromHex(key), 1)
      return signedFor(one, envelope)
    }
    await refused(lowOrder, { status: 422, word: 'not-openable', about: { reason: 'low-order-key' } })
  })
})

/** The member's own update under a statement in which something is different, signed by the member. */
const signedAnew = (member: RawMember, change: Partial<Submission>): SealedUpdate => {
  const { envelope, submission } = member.seal()
  const { signature: _, ...unsigned } = { ...submission, ...change }
  return { envelope, submission: signSubmission(member.identity, unsigned) }
}

/** An envelope from anywhere, under a statement that this member signs for it. */
const signedFor = (member: RawMember, envelope: Uint8Array): SealedUpdate => ({
  envelope,
  submission: signedAnew(member, { envelope: digestOf(envelope), envelopeBytes: envelope.length }).submission,
})

/** Other bytes under the statement for the right ones. */
const cut = ({ envelope, submission }: SealedUpdate, change: (bytes: Uint8Array) => Uint8Array) => ({
  envelope: change(envelope),
  submission,
})

const turned = (bytes: Uint8Array): Uint8Array => {
  const copy = bytes.slice()
  const at = copy.length - 5
  copy[at] = (copy[at] ?? 0) ^ 0b100
  return copy
}

const claiming = (sealed: SealedUpdate, claims: { examples: number }): SealedUpdate => ({
  ...sealed,
  submission: { ...sealed.submission, claims: { ...sealed.submission.claims, ...claims } },
})
