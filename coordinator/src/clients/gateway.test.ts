import { ModelVersion, PROTOCOL_VERSIONS, RoundId, TaskId } from '@tributary/protocols'
import {
  answerChallenge,
  decodeKeyText,
  encodePublicKey,
  encodeSignature,
  type Identity,
  identityFromSeed,
} from '@tributary/protocols/crypto'
import { ClientMessage, CoordinatorMessage } from '@tributary/protocols/messages'
import { memoryChannel, seededRandom, virtualClock } from '@tributary/protocols/runtime'
import { describe, expect, test } from 'vitest'
import { aClient, aDigest, aModel, aTask, NOON } from '../adapters/contracts/arrange.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import type { Pace } from '../cohort/pacing.ts'
import { nodeVerify } from '../crypto/native-primitives.ts'
import { createAnnouncements } from '../engine/announcements.ts'
import { createEngine } from '../engine/engine.ts'
import type { Happening } from '../engine/happening.ts'
import { createStandings } from '../engine/standing.ts'
import { StorageError } from '../faults/storage.ts'
import { createModelSigner } from '../models/model-signer.ts'
import { openRound } from '../round/open-round.ts'
import { aPolicy, aReceipt } from '../round/round.builders.ts'
import { NOTHING_BESIDE } from '../round/secure-training.ts'
import { createAccessService } from './access.ts'
import { createGateway } from './gateway.ts'
import { createPresence } from './presence.ts'

type Heard = CoordinatorMessage | { closed: string }

const digits = TaskId.parse('digits')
const round = RoundId.parse('digits.1')
const [alice, bob, carol] = ['alice', 'bob', 'carol'].map((name) =>
  identityFromSeed(seededRandom(name).bytes(32)),
) as [Identity, Identity, Identity]
const policy = aPolicy({ target: 2, quorum: 1, wanted: 2, trainingMs: 600_000 })
const model = aModel('digits', 1)

describe('a new line', () => {
  test('[S1] is challenged first, each with a nonce of its own', async () => {
    const door = await aDoor()
    const [first, second] = [await door.connect(), await door.connect()]
    expect(first.challenge).toEqual({
      type: 'challenge',
      coordinator: 'coordinator-1',
      nonce: expect.any(String),
      protocols: [...PROTOCOL_VERSIONS],
    })
    expect(first.nonce).not.toEqual(second.nonce)
  })

  test('[S2] that answers its challenge is welcomed, with a session for its transfers and the coordinator’s time', async () => {
    const door = await aDoor()
    const line = await door.connect()
    await line.authenticate(alice)
    expect(line.heard).toEqual([
      {
        type: 'welcome',
        client: alice.clientId,
        protocol: 1,
        session: { token: expect.any(String), expiresAt: door.clock.now() - 1 + 3_600_000 },
        now: door.clock.now() - 1,
      },
    ])
    const [welcome] = line.heard
    if (!welcome || !('type' in welcome) || welcome.type !== 'welcome') throw new Error('there is a welcome')
    expect(door.access.session(welcome.session.token)).toBe(alice.clientId)
    expect(door.presence.online()).toBe(1)
  })

  test.each<[string, string, (nonce: Uint8Array) => object]>([
    ['[V2]', 'unsupported-protocol', (nonce) => ({ ...answer(alice, nonce), protocol: 2 })],
    ['[C1]', 'unknown-client', (nonce) => answer(identityFromSeed(new Uint8Array(32).fill(9)), nonce)],
    ['[C1]', 'revoked-client', (nonce) => answer(carol, nonce)],
    ['[C1]', 'bad-signature', (nonce) => ({ ...answer(bob, nonce), client: alice.clientId })],
    ['[K4]', 'bad-signature', () => answer(alice, new Uint8Array(32))],
    ['[K4]', 'bad-signature', (nonce) => answer(alice, nonce, 'coordinator-2')],
  ])('%s whose answer is refused as %s is told so and ended', async (_, reason, say) => {
    const door = await aDoor()
    const line = await door.connect()
    line.say(say(line.nonce))
    line.say(answer(alice, line.nonce)) // too late: the line is over
    await door.settle()
    expect(line.heard).toEqual([
      { type: 'refused', of: 'authenticate', reason, detail: expect.any(String) },
      { closed: reason },
    ])
    expect(door.presence.online()).toBe(0)
    expect(door.refusals).toEqual([reason])
  })

  test('[L4] is heard on nothing else before, and may still authenticate', async () => {
    const door = await aDoor()
    const line = await door.connect()
    line.say({ type: 'check-in', task: digits })
    line.say({ type: 'leave', task: digits })
    await door.settle()
    expect(line.heard).toEqual([
      {
        type: 'refused',
        of: 'check-in',
        reason: 'not-authenticated',
        about: digits,
        detail: 'authenticate first',
      },
      {
        type: 'refused',
        of: 'leave',
        reason: 'not-authenticated',
        about: digits,
        detail: 'authenticate first',
      },
    ])
    await line.authenticate(alice)
    expect(line.heard).toEqual([expect.objectContaining({ type: 'welcome' })])
  })

  test('[L5] that does not authenticate within half a minute is ended; one that did stays', async () => {
    const door = await aDoor()
    const [silent, known] = [await door.connect(), await door.connect()]
    await known.authenticate(alice)
    door.clock.advanceTo(NOON + 29_999)
    await door.settle(1)
    expect(silent.heard).toEqual([])
    door.clock.advanceTo(NOON + 30_010)
    await door.settle()
    expect(silent.heard).toEqual([{ closed: 'no authentication' }])
    expect(known.heard).toEqual([expect.objectContaining({ type: 'welcome' })])
    expect(door.clock.pending()).toBe(0)
  })

  test('that goes away before it has authenticated leaves nothing behind', async () => {
    const door = await aDoor()
    const line = await door.connect()
    line.say(answer(alice, line.nonce))
    line.close()
    await door.settle()
    expect(door.presence.online()).toBe(0)
    expect(door.clock.pending()).toBe(0)
  })
})

describe('an authenticated line', () => {
  test('[C2] that authenticates again is refused, and stays', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    line.say(answer(alice, line.nonce))
    await door.settle()
    expect(line.heard).toEqual([{ type: 'refused', of: 'authenticate', reason: 'already-authenticated' }])
    expect(door.presence.online()).toBe(1)
  })

  test('[L6] is told and ended when its client opens another', async () => {
    const door = await aDoor()
    const older = await door.welcome(alice)
    older.say({ type: 'check-in', task: digits })
    await door.settle()
    older.heard.length = 0
    const newer = await door.welcome(alice)
    expect(older.heard).toEqual([
      { type: 'refused', of: 'line', reason: 'replaced', detail: 'this client has opened another line' },
      { closed: 'replaced' },
    ])
    expect(door.presence.online()).toBe(1)
    expect(door.presence.count(digits)).toBe(0)
    newer.say({ type: 'check-in', task: digits })
    await door.settle()
    expect(door.presence.count(digits)).toBe(1)
  })

  test('[L7] may say what is no message: it is told what is wrong, and goes on', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    line.say({ type: 'accept', round: 'digits' })
    line.say({ type: 'dance' })
    line.say({ type: 'check-in', task: digits })
    await door.settle()
    expect(line.heard).toMatchObject([
      {
        type: 'refused',
        of: 'message',
        reason: 'malformed',
        detail: expect.stringContaining('a round id is'),
      },
      { type: 'refused', of: 'message', reason: 'malformed' },
      { type: 'model-published' },
      { type: 'standby' },
    ])
    expect(door.refusals).toEqual(['malformed', 'malformed'])
  })

  test('[L7] is ended at its hundredth mistake', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    for (let i = 0; i < 99; i++) line.say({ type: 'dance' })
    await door.settle()
    expect(line.heard.length).toBe(99)
    expect(door.presence.online()).toBe(1)
    line.say({ type: 'dance' })
    line.say({ type: 'check-in', task: digits })
    await door.settle()
    expect(line.heard.slice(99)).toEqual([
      expect.objectContaining({ reason: 'malformed' }),
      { closed: 'too many mistakes' },
    ])
    expect(door.presence.online()).toBe(0)
  })

  test('[L8] that says too much at once is refused the rest, and is heard again later', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    for (let i = 0; i < 120; i++) line.say({ type: 'leave', task: digits })
    await door.settle()
    expect(line.heard).toEqual(
      Array(21).fill({
        type: 'refused',
        of: 'leave',
        reason: 'too-many-messages',
        about: digits,
        detail: 'slow down',
      }),
    )
    line.heard.length = 0
    door.clock.advanceTo(door.clock.now() + 1_000)
    line.say({ type: 'check-in', task: digits })
    await door.settle()
    expect(line.heard).toMatchObject([{ type: 'model-published' }, { type: 'standby' }])
  })

  test('[L9] whose message meets a fault is ended, so that its client asks again', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    door.breakStore(new StorageError('disk gone'))
    line.say({ type: 'check-in', task: digits })
    await door.settle()
    expect(line.heard).toEqual([{ closed: 'fault' }])
    expect(door.faults).toEqual(['check-in: disk gone'])
    expect(door.presence.online()).toBe(0)
  })
})

describe('[C3] a check-in', () => {
  test('is answered with the newest model and what to do; a round that selects is told of it', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    line.say({ type: 'check-in', task: digits })
    await door.settle()
    expect(line.heard).toEqual([
      {
        type: 'model-published',
        task: digits,
        model: { version: 1, ...model.weights },
        assignment: aTask().assignment,
        signature: expect.any(String),
        session: expect.any(Object),
      },
      { type: 'standby', task: digits },
    ])
    expect(door.checkedIn).toEqual([digits])
    expect(door.presence.waiting(digits)).toEqual([alice.clientId])
  })

  test('[S5] is answered with when to come back, and keeps the client within reach meanwhile', async () => {
    const door = await aDoor({ pace: { kind: 'come-back', afterMs: 5_000, reason: 'no-round-due' } })
    const line = await door.welcome(alice)
    line.say({ type: 'check-in', task: digits })
    await door.settle()
    expect(line.heard.at(-1)).toEqual({
      type: 'come-back',
      task: digits,
      afterMs: 5_000,
      reason: 'no-round-due',
    })
    expect(door.presence.count(digits)).toBe(1)
  })

  test('for a task that is not is refused', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    line.say({ type: 'check-in', task: TaskId.parse('nothing') })
    await door.settle()
    expect(line.heard).toEqual([
      {
        type: 'refused',
        of: 'check-in',
        reason: 'unknown-task',
        about: 'nothing',
        detail: 'there is no task nothing',
      },
    ])
  })

  test('[C8] ends with leaving', async () => {
    const door = await aDoor()
    const line = await door.welcome(alice)
    line.say({ type: 'check-in', task: digits })
    line.say({ type: 'leave', task: digits })
    await door.settle()
    expect(door.presence.count(digits)).toBe(0)
    expect(door.presence.online()).toBe(1)
  })

  test('[S9] of a member whose update is owed brings its invitation again, by the round it names or by none', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    for (const named of [{}, { round }]) {
      const line = await door.welcome(alice)
      line.say({ type: 'check-in', task: digits, ...named })
      await door.settle()
      expect(line.heard.map(kindOf)).toEqual(['model-published', 'invitation'])
      expect(line.heard[1]).toEqual({
        type: 'invitation',
        round,
        task: digits,
        model: { version: 1, ...model.weights },
        assignment: aTask().assignment,
        publicKey: encodePublicKey(new Uint8Array(32).fill(9)),
        deadline: { at: door.startedAt + policy.trainingMs, inMs: expect.any(Number) },
        signature: expect.any(String),
        session: { token: expect.any(String), expiresAt: door.startedAt + policy.trainingMs + 300_000 },
      })
    }
  })

  test('[C3] that names a round is told how it ended', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    const [a, b] = [await door.welcome(alice), await door.welcome(bob)]
    a.say({ type: 'decline', round, reason: 'busy' })
    await door.settle()
    a.say({ type: 'check-in', task: digits, round })
    await door.settle()
    expect(a.heard.at(1)).toEqual({ type: 'round-ended', round, outcome: { kind: 'closed' } })
    expect(a.heard.map(kindOf)).toEqual(['model-published', 'round-ended', 'standby'])

    await door.happen({ type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada' })
    b.say({ type: 'check-in', task: digits, round })
    await door.settle()
    expect(b.heard.at(1)).toEqual({
      type: 'round-ended',
      round,
      outcome: { kind: 'abandoned', reason: 'operator' },
    })
  })

  test('[C3] that names a completed round is told the version it made', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    await door.receive(alice)
    await door.receive(bob)
    await door.happen({
      type: 'aggregated',
      weights: { digest: aDigest('weights 2'), bytes: 24 },
      examples: 20,
      metrics: {},
    })
    const line = await door.welcome(alice)
    line.say({ type: 'check-in', task: digits, round })
    await door.settle()
    expect(line.heard).toMatchObject([
      { type: 'model-published', model: { version: 2 } },
      { type: 'round-ended', outcome: { kind: 'completed', version: 2 } },
      { type: 'standby' },
    ])
  })

  test('[C3] that names a round still open, whose update has come, is told nothing of it', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    await door.receive(alice)
    const line = await door.welcome(alice)
    line.say({ type: 'check-in', task: digits, round })
    await door.settle()
    expect(line.heard.map(kindOf)).toEqual(['model-published', 'standby'])
  })

  test('[C3] that names a round the client was never of is refused that, and checked in all the same', async () => {
    const door = await aDoor()
    await door.train([bob])
    const line = await door.welcome(alice)
    for (const named of [round, RoundId.parse('digits.9')])
      line.say({ type: 'check-in', task: digits, round: named })
    await door.settle()
    expect(line.heard).toMatchObject([
      { type: 'model-published' },
      { type: 'refused', of: 'check-in', reason: 'unknown-round', about: round },
      { type: 'standby' },
      { type: 'model-published' },
      { type: 'refused', of: 'check-in', reason: 'unknown-round', about: 'digits.9' },
      { type: 'standby' },
    ])
  })
})

describe('what a member says of its round', () => {
  test('[C4] an accept, [C5] a decline and [C7] a failure are counted and not answered', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    const [a, b] = [await door.welcome(alice), await door.welcome(bob)]
    a.say({ type: 'accept', round })
    await door.settle()
    expect(await door.engine.view(round)).toMatchObject({ tally: { accepted: 1 } })
    a.say({ type: 'failed', round, reason: 'diverged' })
    b.say({ type: 'decline', round, reason: 'no-data' })
    await door.settle()
    expect([a.heard, b.heard]).toEqual([[], []])
    expect(await door.engine.member(round, alice.clientId)).toMatchObject({
      status: 'failed',
      reason: 'diverged',
    })
    expect(await door.engine.member(round, bob.clientId)).toMatchObject({
      status: 'declined',
      reason: 'no-data',
    })
    expect(await door.engine.view(round)).toMatchObject({ phase: 'abandoned', reason: 'cannot-reach-quorum' })
  })

  test('[C9] the same again is no mistake', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    const line = await door.welcome(alice)
    for (let i = 0; i < 3; i++) line.say({ type: 'accept', round })
    await door.settle()
    expect(line.heard).toEqual([])
    expect(await door.engine.view(round)).toMatchObject({ tally: { accepted: 1 } })
  })

  test('[C4] an accept that its own update has overtaken is no mistake, even where that update ended the round', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    const line = await door.welcome(alice)
    await door.receive(alice)
    line.say({ type: 'accept', round })
    await door.settle()
    await door.happen({ type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada' })
    line.say({ type: 'accept', round })
    await door.settle()
    expect(line.heard).toEqual([])
  })

  test.each([{ type: 'accept' }, { type: 'decline', reason: 'busy' }, { type: 'failed', reason: 'aborted' }])(
    '[S3] $type is refused by whoever was not invited, for a round that is not, and for one that is over',
    async (words) => {
      const door = await aDoor()
      await door.train([bob])
      const [a, b] = [await door.welcome(alice), await door.welcome(bob)]
      a.say({ ...words, round })
      a.say({ ...words, round: RoundId.parse('digits.9') })
      await door.settle()
      await door.happen({ type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada' })
      b.say({ ...words, round })
      await door.settle()
      expect(a.heard).toEqual([
        { type: 'refused', of: words.type, reason: 'not-invited', about: round },
        {
          type: 'refused',
          of: words.type,
          reason: 'unknown-round',
          about: 'digits.9',
          detail: 'there is no round digits.9',
        },
      ])
      expect(b.heard).toEqual([{ type: 'refused', of: words.type, reason: 'round-over', about: round }])
    },
  )

  test('[C6] progress is passed on from members and refused from others; nothing is decided by it', async () => {
    const door = await aDoor()
    await door.train([bob])
    const before = await door.engine.view(round)
    const [a, b] = [await door.welcome(alice), await door.welcome(bob)]
    const message = { type: 'progress', round, fraction: 0.5, loss: 0.25 }
    a.say(message)
    b.say(message)
    await door.settle()
    expect(a.heard).toEqual([{ type: 'refused', of: 'progress', reason: 'not-invited', about: round }])
    expect([b.heard, door.progress]).toEqual([[], [[bob.clientId, message]]])
    expect(await door.engine.view(round)).toEqual(before)
  })

  test('[L2] is heard in the order in which it was said, also before the answer to what came first', async () => {
    const door = await aDoor()
    await door.train([alice, bob])
    const line = await door.connect()
    line.say(answer(alice, line.nonce))
    line.say({ type: 'check-in', task: digits })
    line.say({ type: 'accept', round })
    line.say({ type: 'failed', round, reason: 'aborted' })
    await door.settle()
    expect(line.heard.map(kindOf)).toEqual(['welcome', 'model-published', 'invitation'])
    expect(await door.engine.member(round, alice.clientId)).toMatchObject({ status: 'failed' })
  })
})

const kindOf = (heard: Heard | undefined): string => (heard && 'type' in heard ? heard.type : 'closed')

const nonceOf = (heard: Heard | undefined): Uint8Array => {
  if (!heard || !('nonce' in heard)) throw new Error('a line begins with a challenge')
  return decodeKeyText(heard.nonce)
}

const answer = (identity: Identity, nonce: Uint8Array, coordinator = 'coordinator-1') => ({
  type: 'authenticate',
  client: identity.clientId,
  protocol: 1,
  signature: encodeSignature(answerChallenge(identity, { coordinator, nonce })),
})

/** The gateway over its real neighbours: tables in memory, engine, presence, access, announcements. */
const aDoor = async ({ pace = { kind: 'standby' } as Pace } = {}) => {
  const clock = virtualClock(NOON)
  const random = seededRandom('door')
  const real = await openSqliteStore({ path: ':memory:' })
  await real.commit([
    { kind: 'insert-task', task: aTask('digits') },
    { kind: 'insert-model', model },
    ...[alice, bob, carol].map((identity) => ({
      kind: 'insert-client' as const,
      client: aClient(0, {
        id: identity.clientId,
        publicKey: encodePublicKey(identity.publicKey),
        status: identity === carol ? 'revoked' : 'active',
      }),
    })),
  ])
  let broken: Error | undefined
  const store = {
    ...real,
    tasks: { ...real.tasks, get: (id: TaskId) => (broken ? Promise.reject(broken) : real.tasks.get(id)) },
  }
  const presence = createPresence()
  const access = createAccessService({ clock, random, store: real, ownKey: new Uint8Array(32).fill(1) })
  const engine = createEngine({
    clock,
    store: real,
    policyOf: async () => policy,
    means: NOTHING_BESIDE.means,
    fence: () => [],
    lost() {},
    perform: async () => {},
    deadline: async () => {},
    saved: () => {},
    ended: () => {},
    fault: (error) => {
      throw error
    },
  })
  const [refusals, faults, progress, checkedIn]: [string[], string[], unknown[], TaskId[]] = [[], [], [], []]
  const gateway = createGateway({
    coordinator: 'coordinator-1',
    clock,
    random,
    store,
    presence,
    engine,
    standings: createStandings({ clock, engine }),
    announcements: createAnnouncements({
      clock,
      store: real,
      presence,
      access,
      signer: createModelSigner({ id: 'coordinator-1', signing: identityFromSeed(new Uint8Array(32)) }),
      session: engine.session,
    }),
    access,
    verify: nodeVerify,
    paceOf: async () => pace,
    checkedIn: (task) => void checkedIn.push(task),
    progress: ({ member, message }) => void progress.push([member.client, message]),
    refused: (reason) => void refusals.push(reason),
    fault: (error, { during }) =>
      void faults.push(`${during}: ${error instanceof Error ? error.message : error}`),
  })

  /** Lets messages arrive and be handled, and their answers arrive; a message takes a millisecond. */
  const settle = async (turns = 4) => {
    for (let i = 0; i < turns; i++) {
      await new Promise((resolve) => setImmediate(resolve))
      clock.advanceTo(clock.now() + 1)
    }
    await new Promise((resolve) => setImmediate(resolve))
  }

  const connect = async () => {
    const line = memoryChannel(
      { clock, latencyMs: () => 1 },
      { toLeft: CoordinatorMessage, toRight: ClientMessage },
    )
    const heard: Heard[] = []
    line.left.listen({
      message: (message) => void heard.push(message),
      malformed: (problem) => {
        throw new Error(`the coordinator said what is no message: ${problem}`)
      },
      closed: (reason) => void heard.push({ closed: reason }),
    })
    gateway.accept(line.right)
    clock.advanceTo(clock.now() + 1)
    const [challenge] = heard.splice(0)
    const nonce = nonceOf(challenge)
    return {
      challenge,
      nonce,
      /** What has come since the challenge. */
      heard,
      // What is said here is often wrong on purpose, so it need not be a ClientMessage.
      say: (message: object) => line.left.send(message as ClientMessage),
      close: () => line.left.close(),
      async authenticate(identity: Identity) {
        heard.length = 0
        this.say(answer(identity, nonce))
        await settle(2)
      },
    }
  }

  const happen = (happening: Happening) => engine.dispatch(round, happening)

  const door = {
    clock,
    presence,
    access,
    engine,
    refusals,
    faults,
    progress,
    checkedIn,
    settle,
    connect,
    happen,
    startedAt: 0,
    breakStore(error: Error) {
      broken = error
    },
    /** A line that has been welcomed; what it heard until then is forgotten. */
    async welcome(identity: Identity) {
      const line = await connect()
      await line.authenticate(identity)
      expect(line.heard).toMatchObject([{ type: 'welcome' }])
      line.heard.length = 0
      return line
    },
    /** A round in training with these as its cohort. */
    async train(cohort: readonly Identity[]) {
      const base = { version: ModelVersion.parse(1), digest: model.weights.digest }
      const at = clock.now()
      await engine.open(
        openRound({ task: digits, number: 1, base, assignment: aDigest('assignment'), at }, policy),
        [],
      )
      door.startedAt = at
      await happen({
        type: 'cohort-drawn',
        clients: cohort.map(({ clientId }) => clientId),
        publicKey: encodePublicKey(new Uint8Array(32).fill(9)),
      })
    },
    receive: ({ clientId }: Identity) =>
      engine.dispatch(round, { type: 'update-received', client: clientId, receipt: aReceipt() }),
  }
  return door
}
