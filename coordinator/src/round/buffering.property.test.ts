import { type ClientId, ModelVersion, type RoundId, unreachable } from '@tributary/protocols'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { RoundEvent } from './event.ts'
import { isAwaited, Member } from './member.ts'
import { openRound } from './open-round.ts'
import { roundPolicy } from './policy.ts'
import { aReceipt, clientOf, digestOf, digits, publicKey } from './round.builders.ts'
import { leftAtWorkBy, Round, type Tally } from './round.ts'
import { transition } from './transition.ts'

const step = fc.record({
  afterMs: fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 5_000 })),
  who: fc.nat({ max: 7 }),
  what: fc.constantFrom(
    'drawn' as const,
    'drawn' as const,
    'accepted' as const,
    'received' as const,
    'received' as const,
    'received' as const,
    'declined' as const,
    'failed' as const,
    'time-passed' as const,
    'aggregated' as const,
    'aggregated' as const,
    'refused' as const,
    'abandon' as const,
  ),
})

type Step = typeof step extends fc.Arbitrary<infer Drawn> ? Drawn : never

const cohort = fc
  .record({
    target: fc.integer({ min: 1, max: 4 }),
    concurrency: fc.integer({ min: 1, max: 5 }),
    most: fc.nat({ max: 3 }),
    quorumBelow: fc.nat({ max: 3 }),
  })
  .map(({ target, concurrency, most, quorumBelow }) => {
    const quorum = Math.max(1, target - quorumBelow)
    return roundPolicy(
      {
        cohort: { target, quorum, overSelection: 1, selectionSeconds: 5, trainingSeconds: 10 },
        privacy: { mode: 'sealed' },
        mode: { kind: 'buffered', concurrency, staleness: { kind: 'constant', most } },
      },
      8,
    )
  })

test('[R30] [R31] whatever happens to buffered rounds, an update is counted once, by no more than may be at work, and none is too old', () => {
  const seen = { carried: 0, passedOver: 0, completed: 0 }
  fc.assert(
    fc.property(cohort, fc.array(step, { maxLength: 120, size: 'max' }), (policy, steps) => {
      const { buffer } = policy
      if (!buffer) throw new Error('it is buffered')
      let at = 1_000
      /** Which round has counted what a client made of an invitation. */
      const counted = new Map<string, RoundId>()
      let rows = new Map<ClientId, Member>()
      /** The rows of the round that this one follows. */
      let before: Member[] = []
      const open = (number: number, version: number, follows?: RoundId): Round =>
        openRound(
          {
            task: digits,
            number,
            base: { version: ModelVersion.parse(version), digest: digestOf(version) },
            assignment: digestOf(1),
            buffer: { since: ModelVersion.parse(1), ...(follows && { follows }) },
            at,
          },
          policy,
        )
      let round = open(1, 1)
      for (const now of steps) {
        at += now.afterMs
        const event = eventOf(now, round, rows, before, at)
        if (!event) continue
        const beside = {
          member: (client: ClientId) => rows.get(client),
          rows: undefined as never,
          means: undefined as never,
        }
        const decision = transition(round, event, policy, beside)
        expect(transition(round, event, policy, beside)).toEqual(decision)
        if (decision.kind !== 'changed') continue
        round = decision.round
        expect(Round.parse(JSON.parse(JSON.stringify(round)))).toEqual(round)
        for (const member of decision.members) {
          expect(Member.parse(JSON.parse(JSON.stringify(member)))).toEqual(member)
          rows.set(member.client, member)
          const { invitation } = member
          if (!invitation) throw new Error(`${member.client} has no invitation`)
          expect(round.base.version - invitation.base.version).toBeLessThanOrEqual(buffer.staleness.most)
          if (invitation.round !== round.id) seen.carried++
          if (member.status !== 'received') continue
          const key = `${invitation.round} ${member.client}`
          expect(counted.has(key)).toBe(false)
          counted.set(key, round.id)
        }
        if ('tally' in round) expect(round.tally).toEqual(countOf(rows.values()))
        // Whoever has said that no update will come may go on all the same, and its place is given away.
        if (event.type === 'cohort-drawn' && decision.members.some(({ status }) => status === 'invited'))
          expect([...rows.values()].filter(isAwaited).length).toBeLessThanOrEqual(
            Math.max(buffer.concurrency, before.length),
          )
        if (round.phase === 'training')
          seen.passedOver += before.filter(
            ({ client, invitation }) => rows.get(client)?.invitation?.round !== invitation?.round,
          ).length
        if (round.phase === 'aggregating')
          expect('tally' in round && round.tally.received).toBeGreaterThanOrEqual(policy.quorum)
        if (round.phase !== 'completed' && round.phase !== 'abandoned') continue
        // The next round begins: whoever is at work is there to be taken over, whatever became of this one.
        const follows = leftAtWorkBy(round)
        if (follows === round.id) before = [...rows.values()].filter(isAwaited)
        if (round.phase === 'completed') seen.completed++
        rows = new Map()
        round = open(
          round.number + 1,
          round.phase === 'completed' ? round.version.version : round.base.version,
          follows,
        )
      }
    }),
    { numRuns: 500 },
  )
  expect(seen.carried).toBeGreaterThan(100)
  expect(seen.passedOver).toBeGreaterThan(100)
  expect(seen.completed).toBeGreaterThan(100)
})

const countOf = (rows: Iterable<Member>): Tally => {
  const tally: Tally = { invited: 0, accepted: 0, declined: 0, failed: 0, received: 0 }
  for (const { status } of rows) {
    tally.invited += 1
    if (status !== 'invited' && status !== 'dropped') tally[status] += 1
  }
  return tally
}

const eventOf = (
  step: Step,
  round: Round,
  rows: ReadonlyMap<ClientId, Member>,
  before: readonly Member[],
  at: number,
): RoundEvent | undefined => {
  const member = rows.get(clientOf(step.who))
  switch (step.what) {
    case 'drawn':
      return {
        type: 'cohort-drawn',
        clients: Array.from({ length: step.who }, (_, i) => clientOf(i)),
        publicKey,
        ...(round.phase === 'selecting' && { carried: before }),
        at,
      }
    case 'accepted':
      return member && { type: 'accepted', member, at }
    case 'declined':
      return member && { type: 'declined', member, reason: 'busy', at }
    case 'failed':
      return member && { type: 'failed', member, reason: 'diverged', at }
    case 'received':
      return (
        member && {
          type: 'update-received',
          member,
          receipt: aReceipt({ envelope: digestOf(at), receivedAt: at }),
          at,
        }
      )
    case 'time-passed':
      return { type: 'time-passed', waiting: step.who, at }
    case 'aggregated':
      return {
        type: 'aggregated',
        weights: { digest: digestOf(8), bytes: 100 },
        examples: 10,
        metrics: {},
        at,
      }
    case 'refused':
      return { type: 'aggregation-refused', reason: 'gate-refused', detail: 'not finite', at }
    case 'abandon':
      return { type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada', at }
    default:
      return unreachable(step.what)
  }
}
