import { RoundId, type TaskId } from '@tributary/protocols'
import { answerChallenge, createIdentity, decodeKeyText, encodeSignature } from '@tributary/protocols/crypto'
import type { CoordinatorMessage } from '@tributary/protocols/messages'
import { restPaths } from '@tributary/protocols/rest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type BareLine, openBareLine } from '../fleet/bare-line.ts'
import { checkIn, enrolRawClient, type RawClient, rawClient } from '../fleet/raw-client.ts'
import { beginRawRound, type RawRound } from '../fleet/raw-rounds.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { until } from '../fleet/until.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const refusals = (reason: string) =>
  coordinator.metric('tributary_refusals_total', { kind: 'message', reason })

type Said = [event: string, ...parts: unknown[]]
type Case = { says: Said | ((round: RawRound) => Said); refused: { of: string; reason: string } }
const malformed = { of: 'message', reason: 'malformed' }

const cases: Record<string, Case> = {
  'no message at all': { says: ['message'], refused: malformed },
  'a number': { says: ['message', 42], refused: malformed },
  'a list': { says: ['message', ['check-in']], refused: malformed },
  bytes: { says: ['message', Buffer.from('{"type":"check-in"}')], refused: malformed },
  'a message of an unknown type': { says: ['message', { type: 'hello' }], refused: malformed },
  'a message in another event': {
    says: ({ task }) => ['update', { type: 'check-in', task }],
    refused: malformed,
  },
  'a message without a field': { says: ['message', { type: 'accept' }], refused: malformed },
  'a message with a field too many': {
    says: ({ task }) => ['message', { type: 'check-in', task, urgent: true }],
    refused: malformed,
  },
  'a field of a wrong type': { says: ['message', { type: 'leave', task: 7 }], refused: malformed },
  'a number out of range': {
    says: ({ id }) => ['message', { type: 'progress', round: id, fraction: 1.5 }],
    refused: malformed,
  },
  'an unknown reason word': {
    says: ({ id }) => ['message', { type: 'decline', round: id, reason: 'bored' }],
    refused: malformed,
  },
  'a second authentication': {
    says: ({ one }) => [
      'message',
      { type: 'authenticate', client: one.id, protocol: 1, signature: 'A'.repeat(86) },
    ],
    refused: { of: 'authenticate', reason: 'already-authenticated' },
  },
  'a check-in for a task that is not': {
    says: ['message', { type: 'check-in', task: 'no-such-task' }],
    refused: { of: 'check-in', reason: 'unknown-task' },
  },
  'an accept of a round that is not': {
    says: ({ task }) => ['message', { type: 'accept', round: `${task}.99` }],
    refused: { of: 'accept', reason: 'unknown-round' },
  },
  'a check-in that names a round that is not': {
    says: ({ task }) => ['message', { type: 'check-in', task, round: `${task}.99` }],
    refused: { of: 'check-in', reason: 'unknown-round' },
  },
}

describe('[V5] what is no message, or cannot be, is refused and counted, and the line and the round go on', () => {
  test.each(Object.entries(cases))('%s', async (_, { says, refused }) => {
    await using round = await beginRawRound(coordinator)
    const before = await refusals(refused.reason)

    round.one.say(...(typeof says === 'function' ? says(round) : says))

    expect(await round.one.next('refused')).toMatchObject(refused)
    expect(await refusals(refused.reason)).toBe(before + 1)
    await stillServed(round.one, round.task)
    await round.completes()
  })
})

describe('[C4] a word about a round of others is refused, and changes nothing of it', () => {
  const reasonFor = {
    accept: { reason: 'not-invited' },
    decline: { reason: 'not-invited', word: { reason: 'busy' } },
    failed: { reason: 'not-invited', word: { reason: 'diverged' } },
    progress: { reason: 'not-invited', word: { fraction: 0.5 } },
  }
  test.each(Object.entries(reasonFor))('%s', async (type, { reason, ...more }) => {
    await using round = await beginRawRound(coordinator)
    const stranger = await enrolRawClient(coordinator.url, await coordinator.operator.invite(1))
    await stranger.connect()
    stranger.say('message', { type, round: round.id, ...('word' in more ? more.word : {}) })
    expect(await stranger.next('refused')).toMatchObject({ of: type, reason })
    const { tally } = await coordinator.round(round.id, 'training')
    expect(tally).toEqual({ invited: 2, accepted: 0, declined: 0, failed: 0, received: 0 })
    await stillServed(stranger, round.task)
    stranger.disconnect()
    await round.completes()
  })

  test.each(['decline', 'failed'] as const)('%s, when it is over', async (type) => {
    await using round = await beginRawRound(coordinator)
    await round.completes()
    const id = RoundId.parse(round.id)
    const words = {
      decline: { type: 'decline', round: id, reason: 'busy' },
      failed: { type: 'failed', round: id, reason: 'diverged' },
    } as const
    round.one.send(words[type])
    expect(await round.one.next('refused')).toMatchObject({ of: type, reason: 'round-over' })
    await stillServed(round.one, round.task)
  })

  test('but for an accept that its own update has overtaken: it is heard and says nothing new', async () => {
    await using round = await beginRawRound(coordinator)
    await round.completes()
    round.one.send({ type: 'accept', round: RoundId.parse(round.id) })
    round.one.send({ type: 'decline', round: RoundId.parse(round.id), reason: 'busy' })
    expect(await round.one.next('refused')).toMatchObject({ of: 'decline', reason: 'round-over' })
    await stillServed(round.one, round.task)
  })
})

describe('[C1] a client that is not who it says', () => {
  test('[L4] says nothing before it has authenticated, and may still authenticate', async () => {
    const client = await enrolRawClient(coordinator.url, await coordinator.operator.invite(1))
    const line = openBareLine(coordinator.url)
    const challenge = await line.next('challenge')
    line.say('message', { type: 'check-in', task: 'digits' })
    expect(await line.next('refused')).toMatchObject({ of: 'check-in', reason: 'not-authenticated' })
    line.say('message', authenticationOf(client, challenge))
    expect(await line.next('welcome')).toMatchObject({ client: client.id })
    line.close()
  })

  test('is turned away when it has not enrolled', async () => {
    const stranger = rawClient(coordinator.url, createIdentity())
    await turnedAway('unknown-client', (challenge) => authenticationOf(stranger, challenge))
  })

  test('is turned away once it has been revoked, and the line that it had is cut', async () => {
    await using round = await beginRawRound(coordinator, { clients: 3, quorum: 2, trainingSeconds: 1 })
    const [revoked, ...others] = round.members
    if (!revoked) throw new Error('the round has no members')
    await coordinator.operator.call('DELETE', restPaths.client(revoked.id))
    await turnedAway('revoked-client', (challenge) => authenticationOf(revoked, challenge))
    expect(revoked.isOnline()).toBe(false)
    expect(await revoked.submit()).toMatchObject({ status: 403 })
    await round.completes(others)
  })

  test('is turned away when the signature is another client’s', async () => {
    const token = await coordinator.operator.invite(2)
    const [victim, thief] = [
      await enrolRawClient(coordinator.url, token),
      await enrolRawClient(coordinator.url, token),
    ]
    await turnedAway('bad-signature', (challenge) => ({
      ...authenticationOf(thief, challenge),
      client: victim.id,
    }))
  })

  test('is turned away when the signature is over an earlier challenge, or another coordinator’s', async () => {
    const client = await enrolRawClient(coordinator.url, await coordinator.operator.invite(1))
    const earlier = openBareLine(coordinator.url)
    const overheard = authenticationOf(client, await earlier.next('challenge'))
    earlier.close()
    await turnedAway('bad-signature', () => overheard)
    await turnedAway('bad-signature', (challenge) =>
      authenticationOf(client, { ...challenge, coordinator: 'coordinator-of-somebody-else' }),
    )
  })

  test('[V2] is turned away when it speaks a version that the coordinator does not', async () => {
    const client = await enrolRawClient(coordinator.url, await coordinator.operator.invite(1))
    await turnedAway('unsupported-protocol', (challenge) => ({
      ...authenticationOf(client, challenge),
      protocol: 2,
    }))
  })
})

test('[L7] a line that makes nothing but mistakes is cut, and others are not', async () => {
  await using round = await beginRawRound(coordinator)
  const line = openBareLine(coordinator.url)
  await line.next('challenge')
  for (let i = 0; i < 99; i++) line.say('message', i)
  for (let i = 0; i < 99; i++) await line.next('refused')
  expect(line.isOpen()).toBe(true)
  line.say('message', 99)
  await line.ended
  await round.completes()
})

test('[L8] a line that says more than it may is not heard beyond that, and is heard again a little later', async () => {
  await using round = await beginRawRound(coordinator)
  const line = await enrolRawClient(coordinator.url, await coordinator.operator.invite(1))
  await line.connect()
  for (let i = 0; i < 150; i++) line.send({ type: 'leave', task: round.task })
  for (let i = 0; i < 40; i++)
    expect(await line.next('refused')).toMatchObject({ of: 'leave', reason: 'too-many-messages' })
  const answered = line.next('standby', 'come-back')
  let heard = false
  answered.then(() => {
    heard = true
  })
  await until(
    'it to be heard again',
    () => {
      line.send(checkIn(round.task))
      return heard
    },
    { everyMs: 200 },
  )
  expect(line.isOnline()).toBe(true)
  line.disconnect()
  await round.completes()
})

test('[L1] a message of more than a megabyte ends its line, and is not taken in', async () => {
  await using round = await beginRawRound(coordinator)
  const line = openBareLine(coordinator.url)
  await line.next('challenge')
  line.say('message', { type: 'leave', task: 'x'.repeat(1_000_000) })
  await line.ended
  await round.completes()
})

test('[L6] a second line of the same client takes over from the first, which is told so', async () => {
  await using round = await beginRawRound(coordinator)
  const again = rawClient(coordinator.url, round.one.identity)
  await again.connect()
  expect(await round.one.next('refused')).toMatchObject({ of: 'line', reason: 'replaced' })
  again.send({ type: 'check-in', task: round.task, round: RoundId.parse(round.id) })
  expect(await again.next('invitation')).toMatchObject({ round: round.id })
  await round.completes()
  again.disconnect()
})

/** The line is open and what is said over it is answered. */
const stillServed = async (client: RawClient, task: TaskId) => {
  expect(client.isOnline()).toBe(true)
  client.send(checkIn(task))
  await client.next('standby', 'come-back', 'invitation')
}

type Challenge = Extract<CoordinatorMessage, { type: 'challenge' }>

const authenticationOf = ({ id, identity }: RawClient, { coordinator, nonce }: Challenge) => ({
  type: 'authenticate',
  client: id,
  protocol: 1,
  signature: encodeSignature(answerChallenge(identity, { coordinator, nonce: decodeKeyText(nonce) })),
})

/** Answers a new line's challenge so, and expects the line to be refused, cut and counted. */
const turnedAway = async (reason: string, answer: (challenge: Challenge) => unknown) => {
  const before = await refusals(reason)
  const line: BareLine = openBareLine(coordinator.url)
  line.say('message', answer(await line.next('challenge')))
  expect(await line.next('refused')).toMatchObject({ of: 'authenticate', reason })
  await line.ended
  expect(await refusals(reason)).toBe(before + 1)
}
