import { EncodedSignature, encodePublicKey, identityFromSeed, verifyModel } from '@tributary/protocols/crypto'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { virtualClock } from '@tributary/protocols/runtime'
import { createRows } from '@tributary/protocols/secagg'
import { describe, expect, test } from 'vitest'
import { aModel, aTask } from '../adapters/contracts/arrange.ts'
import { createPresence } from '../clients/presence.ts'
import { createModelSigner, type ModelSigner } from '../models/model-signer.ts'
import type { Member } from '../round/member.ts'
import {
  aCompleted,
  aMember,
  anAbandoned,
  anAggregating,
  aSelecting,
  aTraining,
  clientOf,
  digits,
} from '../round/round.builders.ts'
import { hasSession, type Round } from '../round/round.ts'
import { createAnnouncements } from './announcements.ts'

const ONE_OF_EACH = (['invited', 'accepted', 'declined', 'failed', 'received'] as const).map((status, i) =>
  aMember(status, { client: clientOf(i + 1) }),
)
const round = aTraining().id
const signing = identityFromSeed(new Uint8Array(32).fill(7))

describe('[R5] an invitation', () => {
  test('reaches those on the line whose update is awaited, and nobody else', async () => {
    const { announcements, told } = aStage({ round: aTraining(), online: [1, 3, 4, 5] })
    await announcements.deliver({ kind: 'invited', round })
    expect(told()).toEqual([[1, 'invitation']])
  })

  test.each<[string, Round | undefined]>([
    ['of a round that selects', aSelecting()],
    ['of a round that trains no more', anAggregating()],
    ['of a round that nobody knows', undefined],
  ])('%s reaches nobody', async (_, now) => {
    const { announcements, told } = aStage({ round: now })
    await announcements.deliver({ kind: 'invited', round })
    expect(told()).toEqual([])
  })
})

describe('[S12] what a model version is', () => {
  test('is signed in invitations and where it is published, once for all', async () => {
    let signatures = 0
    const counted = {
      publicKey: signing.publicKey,
      sign(digest: Uint8Array) {
        signatures += 1
        return signing.sign(digest)
      },
    }
    const { announcements, messages } = aStage({
      round: aTraining(),
      waiting: [2, 3],
      signer: createModelSigner({ id: 'coordinator-1', signing: counted }),
    })
    await announcements.deliver({ kind: 'invited', round })
    await announcements.deliver({ kind: 'published', task: digits })
    expect(messages.map(([, { type }]) => type)).toEqual([
      'invitation',
      'invitation',
      'model-published',
      'model-published',
    ])
    for (const [, message] of messages) {
      if (message.type !== 'invitation' && message.type !== 'model-published') throw new Error(message.type)
      const { model, assignment, task, signature } = message
      const { version, ...weights } = model
      expect(signature).toBeDefined()
      expect(
        verifyModel({
          statement: { coordinator: 'coordinator-1', task, version, weights, assignment },
          publicKey: encodePublicKey(signing.publicKey),
          signature: signature ?? EncodedSignature.parse(''),
        }),
      ).toBe(true)
    }
    expect(signatures).toBe(1)
  })
})

describe('[R11] that a round has closed', () => {
  test('is told to those whose update was not needed, and to nobody else', async () => {
    const { announcements, messages } = aStage({ round: anAggregating() })
    await announcements.deliver({ kind: 'closed', round })
    const closed = { type: 'round-ended', round, outcome: { kind: 'closed' } }
    expect(messages).toEqual([
      [1, closed],
      [2, closed],
    ])
  })

  test('is told to nobody while it trains', async () => {
    const { announcements, messages } = aStage({ round: aTraining() })
    await announcements.deliver({ kind: 'closed', round })
    expect(messages).toEqual([])
  })
})

describe('[R17] how a round ended', () => {
  test('is told to all its members, and its version to all that wait', async () => {
    const { announcements, messages, told } = aStage({
      round: aCompleted(),
      waiting: [2, 6],
      online: [1, 2, 5, 6],
    })
    await announcements.deliver({ kind: 'ended', round })
    expect(told()).toEqual([
      [1, 'round-ended'],
      [2, 'round-ended'],
      [5, 'round-ended'],
      [2, 'model-published'],
      [6, 'model-published'],
    ])
    expect(messages[0]?.[1]).toMatchObject({ outcome: { kind: 'completed', version: 8 } })
  })

  test('publishes nothing where it was abandoned', async () => {
    const { announcements, messages } = aStage({ round: anAbandoned(), waiting: [6], online: [1, 6] })
    await announcements.deliver({ kind: 'ended', round })
    expect(messages).toEqual([
      [1, { type: 'round-ended', round, outcome: { kind: 'abandoned', reason: 'no-quorum' } }],
    ])
  })

  test('is told to nobody while it goes on', async () => {
    for (const open of [aSelecting(), aTraining(), anAggregating()]) {
      const { announcements, messages } = aStage({ round: open })
      await announcements.deliver({ kind: 'ended', round })
      expect(messages).toEqual([])
    }
  })
})

/** Announcements over one round with its members, to clients on the line: 1 to 5 unless said otherwise. */
const aStage = (facts: {
  round: Round | undefined
  members?: Member[]
  waiting?: number[]
  online?: number[]
  signer?: ModelSigner
}) => {
  const messages: [number, CoordinatorMessage][] = []
  const presence = createPresence()
  for (const n of facts.online ?? [1, 2, 3, 4, 5]) {
    const line = {
      client: clientOf(n),
      openedAt: 0,
      send: (message: CoordinatorMessage) => void messages.push([n, message]),
      close() {},
    }
    presence.join(line)
    if (facts.waiting?.includes(n)) presence.checkIn(line, digits)
  }
  const none = async () => []
  const announcements = createAnnouncements({
    clock: virtualClock(),
    presence,
    store: {
      tasks: { get: async () => aTask(), list: none },
      models: { get: async () => aModel(), latest: async () => aModel(), list: none },
      rounds: {
        get: async () => facts.round,
        latest: async () => facts.round,
        list: none,
        completed: async () => 0,
        unsettled: none,
      },
      members: {
        get: async () => undefined,
        ofRound: async () => facts.members ?? ONE_OF_EACH,
        ofClient: async () => [],
      },
    },
    session: async () =>
      facts.round && hasSession(facts.round) ? { round: facts.round, rows: createRows() } : undefined,
    signer: facts.signer ?? createModelSigner({ id: 'coordinator-1', signing }),
    access: { issueSession: (_, until) => ({ token: 'session', expiresAt: until }) },
  })
  return { announcements, messages, told: () => messages.map(([n, { type }]) => [n, type]) }
}
