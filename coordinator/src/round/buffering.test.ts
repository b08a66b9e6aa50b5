import { ModelVersion, RoundId } from '@tributary/protocols'
import { describe, expect, test } from 'vitest'
import type { Decision } from './decision.ts'
import type { RoundEvent } from './event.ts'
import type { Invited, Member } from './member.ts'
import type { RoundPolicy } from './policy.ts'
import { resume } from './resume.ts'
import {
  aMember,
  anAbandoned,
  anAggregating,
  aPolicy,
  aReceipt,
  aSelecting,
  aTraining,
  clientOf,
  digestOf,
  digits3,
  publicKey,
} from './round.builders.ts'
import { type Buffering, leftAtWorkBy, type Round } from './round.ts'
import { transition } from './transition.ts'

const digits2 = RoundId.parse('digits.2')
const at = 50_000
const unchanged = { kind: 'unchanged' }

/** Three at a time, two updates to a version, of ten clients; the round trains from version 7. */
const policy = (buffer: Partial<NonNullable<RoundPolicy['buffer']>> = {}): RoundPolicy =>
  aPolicy({
    target: 2,
    quorum: 1,
    wanted: 3,
    trainingMs: 60_000,
    buffer: {
      concurrency: 3,
      staleness: { kind: 'polynomial', exponent: 0.5, most: 2 },
      registered: 10,
      ...buffer,
    },
  })
const buffer: Buffering = { follows: digits2, since: ModelVersion.parse(1) }
const selecting = (line: Buffering = buffer) => aSelecting({ buffer: line, wanted: 3 })
const training = (tally: Parameters<typeof aTraining>[0]) => aTraining({ invited: 3, ...tally }, { buffer })

const anInvitation = (invitation: Partial<Omit<Invited, 'base'>> & { version?: number } = {}): Invited => {
  const { version = 7, ...rest } = invitation
  return {
    round: digits3,
    base: { version: ModelVersion.parse(version), digest: digestOf(version) },
    publicKey,
    at,
    ...rest,
  }
}

/** Whom round 2 has left at work. */
const left = (
  n: number,
  invitation: Parameters<typeof anInvitation>[0] = {},
  status: 'invited' | 'accepted' = 'accepted',
) => ({
  ...aMember(status, { client: clientOf(n), round: digits2 }),
  invitation: anInvitation({ round: digits2, version: 6, ...invitation }),
})
const member = (n: number, status: Member['status'] = 'accepted'): Member => ({
  ...aMember(status, { client: clientOf(n) }),
  invitation: anInvitation(),
})
const drawn = (clients: number[], carried?: Member[]): RoundEvent => ({
  type: 'cohort-drawn',
  clients: clients.map(clientOf),
  publicKey,
  ...(carried && { carried }),
  at,
})

const decide = (
  round: Round,
  event: RoundEvent,
  of: RoundPolicy = policy(),
  members: Member[] = [],
): Decision =>
  transition(round, event, of, {
    member: (client) => members.find((row) => row.client === client),
    rows: undefined as never,
    means: undefined as never,
  })

describe('[R30] a buffered round begins', () => {
  test('with the first client that is free, and waits for none where it follows another', () => {
    const draw = { kind: 'changed', effects: [{ type: 'draw-cohort', count: 3 }] }
    const alone = selecting({ since: buffer.since })
    expect(decide(alone, { type: 'clients-waiting', waiting: 1, at })).toMatchObject(draw)
    expect(decide(alone, { type: 'clients-waiting', waiting: 0, at })).toEqual(unchanged)
    expect(decide(selecting(), { type: 'clients-waiting', waiting: 0, at })).toMatchObject(draw)
    expect(resume(selecting())).toEqual(draw.effects)
    expect(resume(alone)).toEqual([])
  })

  test('with those whom the round before has left at work, and as many new ones as there is room for', () => {
    const decision = decide(selecting(), drawn([3, 4, 5], [left(1), left(2, {}, 'invited')]))
    const key = { round: digits3, invitation: anInvitation({ round: digits2, version: 6 }) }
    expect(decision).toMatchObject({
      kind: 'changed',
      round: { phase: 'training', tally: { invited: 3, accepted: 1, received: 0 }, deadlineAt: at + 60_000 },
      members: [
        { status: 'accepted', client: clientOf(1), ...key },
        { status: 'invited', client: clientOf(2), ...key },
        { status: 'invited', client: clientOf(3), round: digits3, invitation: anInvitation() },
      ],
    })
  })

  test('with nobody, where nobody is free and nobody was at work, at the end of selection is abandoned', () => {
    expect(decide(selecting(), drawn([], []))).toEqual(unchanged)
    const late = { ...drawn([], []), at: selecting().deadlineAt } as RoundEvent
    expect(decide(selecting(), late)).toMatchObject({
      round: { phase: 'abandoned', reason: 'too-few-clients', buffer },
    })
  })
})

test.each([
  ['is more versions behind than is allowed', { version: 4 }, buffer],
  ['has overrun its time', { at: at - 60_000 }, buffer],
  ['trains from another line of versions', { version: 6 }, { ...buffer, since: ModelVersion.parse(7) }],
])('[R31] a client that %s is not taken over, and can be invited anew', (_, invitation, line) => {
  const decision = decide(selecting(line), drawn([2], [left(1, invitation)]))
  expect(decision).toMatchObject({
    kind: 'changed',
    members: [{ client: clientOf(2) }],
    effects: [{ type: 'close' }, { type: 'invite' }, { type: 'draw-cohort', count: 2 }],
  })
  if (decision.kind !== 'changed') throw new Error('it begins')
  expect(decide(decision.round, drawn([1]), policy(), [...decision.members])).toMatchObject({
    members: [{ client: clientOf(1), status: 'invited', invitation: anInvitation() }],
  })
  const none = decide(selecting(line), drawn([], [left(1, invitation)]))
  expect(none).toMatchObject({ round: { phase: 'training', tally: { invited: 0 } } })
})

test('[R31] one that is as far behind as is allowed, and has a moment left, is taken over', () => {
  const just = left(1, { version: 5, at: at - 59_999 })
  expect(decide(selecting(), drawn([], [just]))).toMatchObject({ members: [{ client: clientOf(1) }] })
})

describe('[R30] while its clients train', () => {
  test('places that come free are given to clients that are free, and no more than there are', () => {
    const round = training({ accepted: 2, received: 0 })
    expect(decide(round, { type: 'clients-waiting', waiting: 5, at })).toEqual(unchanged)
    const declined: RoundEvent = { type: 'declined', member: member(1), reason: 'busy', at }
    const after = decide(round, declined)
    expect(after).toMatchObject({ kind: 'changed', effects: [{ type: 'draw-cohort', count: 1 }] })
    if (after.kind !== 'changed') throw new Error('it goes on')
    const rows = [member(1, 'declined'), member(2), member(3)]
    const invites = decide(after.round, drawn([1, 2, 4, 5]), policy(), rows)
    expect(invites).toMatchObject({
      round: { tally: { invited: 4 } },
      members: [{ client: clientOf(4), status: 'invited' }],
      effects: [{ type: 'invite' }],
    })
  })

  test('its updates are aggregated once there are as many as are wanted, and nobody at work is told to stop', () => {
    const event: RoundEvent = { type: 'update-received', member: member(1), receipt: aReceipt(), at }
    expect(decide(training({ accepted: 3 }), event)).toMatchObject({
      round: { phase: 'training' },
      members: [{ status: 'received', invitation: anInvitation() }],
      effects: [{ type: 'draw-cohort', count: 1 }],
    })
    const full = decide(training({ accepted: 2, received: 1 }), event)
    expect(full).toMatchObject({ round: { phase: 'aggregating', buffer }, effects: [{ type: 'aggregate' }] })
    if (full.kind === 'changed') expect(resume(full.round)).toEqual([{ type: 'aggregate' }])
  })

  test('[R10] at the deadline the quorum is enough, and without it the round is abandoned', () => {
    const late = training({}).deadlineAt
    const passed: RoundEvent = { type: 'time-passed', waiting: 0, at: late }
    expect(decide(training({ received: 1 }), passed)).toMatchObject({ round: { phase: 'aggregating' } })
    expect(decide(training({}), passed)).toMatchObject({ round: { reason: 'no-quorum' } })
    expect(decide(training({ received: 1 }), { ...passed, at: late - 1 })).toEqual(unchanged)
  })

  test('[R30] nobody is waited for once every client there is has answered', () => {
    const of = policy({ registered: 3 })
    const failed: RoundEvent = { type: 'failed', member: member(1), reason: 'diverged', at }
    const round = (tally: object) => training({ accepted: 1, ...tally })
    expect(decide(round({ failed: 1, received: 1 }), failed, of)).toMatchObject({
      round: { phase: 'aggregating' },
    })
    expect(decide(round({ failed: 2 }), failed, of)).toMatchObject({
      round: { phase: 'abandoned', reason: 'cannot-reach-quorum' },
    })
    expect(decide(round({ failed: 1, received: 1 }), failed)).toMatchObject({ round: { phase: 'training' } })
  })

  test('[R7] a member of another round is refused', () => {
    const event: RoundEvent = { type: 'accepted', member: left(1), at }
    expect(decide(training({}), event)).toEqual({ kind: 'refused', reason: 'not-invited' })
  })
})

test('[R31] a round that ended before it took anybody over leaves that to the next', () => {
  expect(leftAtWorkBy(selecting())).toBe(digits2)
  expect(leftAtWorkBy(training({}))).toBe(digits3)
  expect(leftAtWorkBy({ ...anAggregating(), buffer })).toBe(digits3)
  const never = anAbandoned({
    buffer,
    tally: { invited: 0, accepted: 0, declined: 0, failed: 0, received: 0 },
  })
  expect(leftAtWorkBy(never)).toBe(digits2)
  expect(leftAtWorkBy(anAbandoned())).toBeUndefined()
})
