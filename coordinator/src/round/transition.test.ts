import { RoundId } from '@tributary/protocols'
import { describe, expect, test } from 'vitest'
import type { Decision } from './decision.ts'
import type { RoundEvent } from './event.ts'
import type { Member } from './member.ts'
import {
  aCompleted,
  aMember,
  anAbandoned,
  anAggregating,
  aPolicy,
  aReceipt,
  aSelecting,
  aTally,
  aTraining,
  clientOf,
  digestOf,
  publicKey,
} from './round.builders.ts'
import type { Round, Tally } from './round.ts'
import { transition } from './transition.ts'

const policy = aPolicy({ target: 4, quorum: 3, wanted: 6 })
const decide = (round: Round, event: RoundEvent): Decision => transition(round, event, policy)
const at = 50_000
const unchanged = { kind: 'unchanged' }

describe('while selecting', () => {
  const drawn = (count: number): RoundEvent => ({
    type: 'cohort-drawn',
    clients: Array.from({ length: count }, (_, i) => clientOf(i)),
    publicKey,
    at,
  })
  const late = aSelecting().deadlineAt

  test('[R3] a cohort is drawn as soon as the wanted number of clients is there', () => {
    const round = aSelecting({ wanted: 6 })
    expect(decide(round, { type: 'clients-waiting', waiting: 5, at })).toEqual(unchanged)
    const decision = decide(round, { type: 'clients-waiting', waiting: 6, at })
    expect(decision).toEqual({
      kind: 'changed',
      round,
      members: [],
      effects: [{ type: 'draw-cohort', count: 6 }],
    })
    // Nothing of the round has changed, so there is nothing to save: the engine goes by identity.
    expect(decision.kind === 'changed' && decision.round).toBe(round)
  })

  test('[R3] at the deadline the quorum is enough', () => {
    const round = aSelecting()
    const effects = [{ type: 'draw-cohort', count: 6 }]
    expect(decide(round, { type: 'time-passed', waiting: 3, at: late })).toMatchObject({ effects })
    expect(decide(round, { type: 'time-passed', waiting: 3, at: late - 1 })).toEqual(unchanged)
  })

  test('[R3] at the deadline with fewer the round is abandoned', () => {
    expect(decide(aSelecting(), { type: 'time-passed', waiting: 2, at: late })).toEqual({
      kind: 'changed',
      round: anAbandoned({
        tally: aTally({ invited: 0 }),
        reason: 'too-few-clients',
        detail: '2 of at least 3 clients were there when selection ended',
        endedAt: late,
      }),
      members: [],
      effects: [{ type: 'settle' }],
    })
  })

  test('[R3] clients that come after the deadline, because the coordinator was down when it passed, do not end it', () => {
    expect(decide(aSelecting(), { type: 'clients-waiting', waiting: 1, at: late + 5_000 })).toEqual(unchanged)
  })

  test('[R5] the cohort that was drawn is invited, each member with a row, and has until the deadline', () => {
    expect(decide(aSelecting(), drawn(5))).toEqual({
      kind: 'changed',
      round: aTraining({ invited: 5 }, { startedAt: at, deadlineAt: at + policy.trainingMs }),
      members: [0, 1, 2, 3, 4].map((n) =>
        aMember('invited', { client: clientOf(n), invitedAt: at, since: at }),
      ),
      effects: [{ type: 'invite' }],
    })
  })

  test('[R3] a cohort below the quorum, because clients left meanwhile, is not kept: selection goes on until its deadline', () => {
    expect(decide(aSelecting(), drawn(2))).toEqual(unchanged)
    expect(decide(aSelecting(), { ...drawn(2), at: late } as RoundEvent)).toMatchObject({
      round: { phase: 'abandoned', reason: 'too-few-clients', endedAt: late },
    })
  })

  test('[R7] an update is told that the round does not take it', () => {
    const event: RoundEvent = { type: 'update-received', member: aMember(), receipt: aReceipt(), at }
    expect(decide(aSelecting(), event)).toEqual({ kind: 'refused', reason: 'round-over' })
  })
})

describe('while training', () => {
  const accepted: RoundEvent = { type: 'accepted', member: aMember('invited'), at }
  const declined: RoundEvent = { type: 'declined', member: aMember('invited'), reason: 'busy', at }
  const failed: RoundEvent = { type: 'failed', member: aMember('accepted'), reason: 'diverged', at }
  const update: RoundEvent = { type: 'update-received', member: aMember('accepted'), receipt: aReceipt(), at }
  const receivedMember = aMember('received', { since: at })

  test.each<[string, Tally, RoundEvent, Tally, Member]>([
    [
      '[R6] an accept is counted',
      aTally(),
      accepted,
      aTally({ accepted: 1 }),
      aMember('accepted', { acceptedAt: at, since: at }),
    ],
    [
      '[R6] a decline is counted',
      aTally(),
      declined,
      aTally({ declined: 1 }),
      aMember('declined', { since: at }),
    ],
    [
      '[R6] a failure moves the member from those that accepted',
      aTally({ accepted: 2 }),
      failed,
      aTally({ accepted: 1, failed: 1 }),
      { ...aMember('failed', { since: at }), reason: 'diverged' } as Member,
    ],
    [
      '[R6] an update moves the member from those that accepted',
      aTally({ accepted: 2 }),
      update,
      aTally({ accepted: 1, received: 1 }),
      receivedMember,
    ],
    [
      '[C10] a member that declined may still accept',
      aTally({ declined: 1 }),
      { type: 'accepted', member: aMember('declined'), at },
      aTally({ accepted: 1 }),
      aMember('accepted', { acceptedAt: at, since: at }),
    ],
    [
      '[C10] a member that failed may still hand in an update',
      aTally({ failed: 1 }),
      { type: 'update-received', member: aMember('failed'), receipt: aReceipt(), at },
      aTally({ received: 1 }),
      receivedMember,
    ],
    [
      '[C10] an update needs no accept before it',
      aTally(),
      { type: 'update-received', member: aMember('invited'), receipt: aReceipt(), at },
      aTally({ received: 1 }),
      receivedMember,
    ],
  ])('%s', (_, before, event, after, member) => {
    const round = aTraining(before)
    const next = aTraining(after)
    expect(decide(round, event)).toEqual({ kind: 'changed', round: next, members: [member], effects: [] })
  })

  test('a row keeps when its client was invited and accepted, and says since when it stands as it does', () => {
    const rowAfter = (event: RoundEvent): Member | undefined => {
      const decision = decide(aTraining(), event)
      return decision.kind === 'changed' ? decision.members[0] : undefined
    }
    const invited = aMember('invited', { invitedAt: 10, since: 10 })
    const accepted = rowAfter({ type: 'accepted', member: invited, at: 20 })
    expect(accepted).toEqual(aMember('accepted', { invitedAt: 10, acceptedAt: 20, since: 20 }))
    if (!accepted) throw new Error('it accepted')
    expect(rowAfter({ type: 'update-received', member: accepted, receipt: aReceipt(), at: 30 })).toEqual(
      aMember('received', { invitedAt: 10, acceptedAt: 20, since: 30 }),
    )
    expect(rowAfter({ type: 'declined', member: accepted, reason: 'busy', at: 40 })).toEqual(
      aMember('declined', { invitedAt: 10, acceptedAt: 20, since: 40 }),
    )
  })

  test('[C9] the same answer again changes nothing', () => {
    const round = aTraining({ accepted: 1, declined: 1, failed: 1 })
    expect(decide(round, { type: 'accepted', member: aMember('accepted'), at })).toEqual(unchanged)
    expect(decide(round, { type: 'declined', member: aMember('declined'), reason: 'other', at })).toEqual(
      unchanged,
    )
    expect(decide(round, { type: 'failed', member: aMember('failed'), reason: 'aborted', at })).toEqual(
      unchanged,
    )
  })

  test('[C10] what was received stays received, whatever its client says afterwards', () => {
    const round = aTraining({ received: 1 })
    const member = aMember('received')
    for (const event of [
      { type: 'accepted', member, at },
      { type: 'declined', member, reason: 'busy', at },
      { type: 'failed', member, reason: 'aborted', at },
      { type: 'update-received', member, receipt: aReceipt({ envelope: digestOf(5) }), at },
    ] satisfies RoundEvent[])
      expect(decide(round, event)).toEqual(unchanged)
  })

  test('[R7] an update for another round is refused', () => {
    const member = aMember('accepted', { round: RoundId.parse('digits.2') })
    const event: RoundEvent = { type: 'update-received', member, receipt: aReceipt(), at }
    expect(decide(aTraining(), event)).toEqual({ kind: 'refused', reason: 'not-invited' })
  })

  test('[R8] the update that meets the target ends training at once', () => {
    expect(decide(aTraining({ accepted: 3, received: 3 }), update)).toEqual({
      kind: 'changed',
      round: { ...anAggregating({ accepted: 2, received: 4 }), startedAt: at },
      members: [receivedMember],
      effects: [{ type: 'close' }, { type: 'aggregate' }],
    })
  })

  test('[R8] with the quorum met, the last answer outstanding ends training', () => {
    expect(decide(aTraining({ declined: 2, received: 3 }), declined)).toMatchObject({
      round: { phase: 'aggregating', tally: aTally({ declined: 3, received: 3 }) },
    })
    expect(decide(aTraining({ declined: 1, received: 3 }), declined)).toMatchObject({
      round: { phase: 'training' },
    })
  })

  test('[R9] the round is abandoned as soon as the quorum is out of reach', () => {
    expect(decide(aTraining({ declined: 2, failed: 1, accepted: 1 }), failed)).toEqual({
      kind: 'changed',
      round: anAbandoned({
        tally: aTally({ declined: 2, failed: 2 }),
        reason: 'cannot-reach-quorum',
        detail: '2 clients declined and 2 failed of 6; 3 updates are needed',
        endedAt: at,
      }),
      members: [{ ...aMember('failed', { since: at }), reason: 'diverged' }],
      effects: [{ type: 'settle' }],
    })
    expect(decide(aTraining({ declined: 1, failed: 1, accepted: 1 }), failed)).toMatchObject({
      round: { phase: 'training' },
    })
  })

  test('[R10] the deadline ends training, with the quorum or without it', () => {
    const { deadlineAt } = aTraining()
    const timePassed = (when: number): RoundEvent => ({ type: 'time-passed', waiting: 0, at: when })
    expect(decide(aTraining({ received: 3 }), timePassed(deadlineAt - 1))).toEqual(unchanged)
    expect(decide(aTraining({ received: 3 }), timePassed(deadlineAt))).toMatchObject({
      round: { phase: 'aggregating', startedAt: deadlineAt },
      effects: [{ type: 'close' }, { type: 'aggregate' }],
    })
    expect(decide(aTraining({ received: 2 }), timePassed(deadlineAt))).toMatchObject({
      round: {
        phase: 'abandoned',
        reason: 'no-quorum',
        detail: '2 of at least 3 updates came before the deadline',
        endedAt: deadlineAt,
      },
      effects: [{ type: 'settle' }],
    })
  })

  test('[R10] an update that comes before the deadline has been acted on is counted', () => {
    expect(decide(aTraining({ accepted: 1 }), { ...update, at: aTraining().deadlineAt + 1 })).toMatchObject({
      round: { phase: 'training', tally: { received: 1 } },
    })
  })

  test('[R18] a cohort drawn twice, by an effect that was repeated, is drawn once', () => {
    expect(decide(aTraining(), { type: 'cohort-drawn', clients: [clientOf(9)], publicKey, at })).toEqual(
      unchanged,
    )
  })
})

describe('while aggregating', () => {
  const aggregated: RoundEvent = {
    type: 'aggregated',
    weights: { digest: digestOf(8), bytes: 100 },
    examples: 40,
    metrics: { loss: 0.5 },
    at: 110_000,
  }

  test('[R13] new weights complete the round as the version after its base', () => {
    expect(decide(anAggregating(), aggregated)).toEqual({
      kind: 'changed',
      round: aCompleted(),
      members: [],
      effects: [{ type: 'settle' }],
    })
  })

  test('[R14] where aggregation fails or a gate refuses, the round is abandoned', () => {
    for (const reason of ['aggregation-failed', 'gate-refused'] as const)
      expect(decide(anAggregating(), { type: 'aggregation-refused', reason, detail: 'why', at })).toEqual({
        kind: 'changed',
        round: anAbandoned({ tally: aTally({ received: 4 }), reason, detail: 'why', endedAt: at }),
        members: [],
        effects: [{ type: 'settle' }],
      })
  })

  test('[R11] a member that comes now is told that the round is over', () => {
    for (const type of ['accepted', 'update-received'] as const)
      expect(
        decide(anAggregating(), { type, member: aMember('accepted'), receipt: aReceipt(), at } as RoundEvent),
      ).toEqual({ kind: 'refused', reason: 'round-over' })
  })

  test('[R10] the deadline has no more to say', () => {
    expect(decide(anAggregating(), { type: 'time-passed', waiting: 0, at: 1e9 })).toEqual(unchanged)
  })
})

test.each([
  ['selecting', aSelecting(), aTally({ invited: 0 })],
  ['training', aTraining({ received: 1 }), aTally({ received: 1 })],
  ['aggregating', anAggregating(), aTally({ received: 4 })],
])('[R15] a round that is %s can be abandoned', (_, round, tally) => {
  expect(
    decide(round, { type: 'abandon-requested', reason: 'operator', detail: 'wrong plan', by: 'tok-ada', at }),
  ).toEqual({
    kind: 'changed',
    round: anAbandoned({ tally, reason: 'operator', detail: 'wrong plan', endedAt: at }),
    members: [],
    effects: [{ type: 'settle' }],
  })
})

test('[R26] what a round clips to is known of it when it is abandoned, for the next one to clip to, and so is what it refines', () => {
  const known = { clip: 0.3, refines: { round: RoundId.parse('digits.2'), clients: 4 } }
  expect(
    decide(aTraining({}, known), {
      type: 'abandon-requested',
      reason: 'operator',
      detail: '',
      by: 'tok-ada',
      at,
    }),
  ).toMatchObject({ round: { phase: 'abandoned', ...known } })
})

describe.each([
  ['completed', aCompleted()],
  ['abandoned', anAbandoned()],
])('a round that was %s', (_, round) => {
  test('[R16] changes no more but in having settled, once', () => {
    expect(decide(round, { type: 'settled', at })).toEqual({
      kind: 'changed',
      round: { ...round, debts: 'settled' },
      members: [],
      effects: [],
    })
    expect(decide({ ...round, debts: 'settled' }, { type: 'settled', at })).toEqual(unchanged)
    expect(
      decide(round, { type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada', at }),
    ).toEqual(unchanged)
    expect(decide(round, { type: 'time-passed', waiting: 0, at: 1e9 })).toEqual(unchanged)
  })

  test('[R11] tells members that it is over', () => {
    expect(decide(round, { type: 'accepted', member: aMember(), at })).toEqual({
      kind: 'refused',
      reason: 'round-over',
    })
  })
})
