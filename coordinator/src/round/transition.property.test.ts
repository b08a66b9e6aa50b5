import { type ClientId, ModelVersion, RoundId, unreachable } from '@tributary/protocols'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { RoundEvent } from './event.ts'
import { Member } from './member.ts'
import { openRound } from './open-round.ts'
import { type RoundPolicy, roundPolicy } from './policy.ts'
import { resume } from './resume.ts'
import { aMember, aReceipt, clientOf, digestOf, digits, publicKey } from './round.builders.ts'
import { deadlineOf, Round, type Tally } from './round.ts'
import { transition } from './transition.ts'

/** A step of a story: what happens next, before the members' rows as they then stand are put in. */
type Step = { afterMs: number } & (
  | { what: 'waiting' | 'time-passed'; count: number }
  | { what: 'drawn'; count: number }
  | { what: 'accepted' | 'declined' | 'failed' | 'update-received'; who: number }
  | { what: 'aggregated' | 'gate-refused' | 'abandon' | 'settled' }
)

const afterMs = fc.oneof(fc.nat({ max: 300 }), fc.nat({ max: 5_000 }))
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('waiting' as const), count: fc.nat({ max: 12 }), afterMs }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('time-passed' as const), count: fc.nat({ max: 12 }), afterMs }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ what: fc.constant('drawn' as const), count: fc.nat({ max: 10 }), afterMs }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      what: fc.constantFrom(
        'accepted' as const,
        'declined' as const,
        'failed' as const,
        'update-received' as const,
        'update-received' as const,
      ),
      who: fc.nat({ max: 12 }),
      afterMs,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      what: fc.constantFrom('aggregated' as const, 'gate-refused' as const, 'settled' as const),
      afterMs,
    }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('abandon' as const), afterMs }) },
)

const cohort = fc
  .record({
    target: fc.integer({ min: 1, max: 6 }),
    quorumBelow: fc.nat({ max: 5 }),
    overSelection: fc.constantFrom(1, 1.3, 2),
    selectionSeconds: fc.constantFrom(0.5, 5),
    trainingSeconds: fc.constantFrom(1, 20),
    registered: fc.nat({ max: 12 }),
  })
  .map(({ quorumBelow, registered, ...rest }) => ({
    policy: roundPolicy(
      {
        cohort: { ...rest, quorum: Math.max(1, rest.target - quorumBelow) },
        privacy: { mode: 'sealed' },
        mode: { kind: 'synchronous' },
      },
      registered,
    ),
  }))

const story = fc.tuple(cohort, fc.array(step, { maxLength: 60, size: 'max' }))

const PHASES: Round['phase'][] = ['selecting', 'training', 'aggregating', 'completed', 'abandoned']

describe('whatever happens to a round', () => {
  test('[R16] decisions are pure, phases move forward, and every rule of counting and closing holds', () => {
    const reached = new Set<string>()
    fc.assert(
      fc.property(story, ([{ policy }, steps]) => {
        deepFreeze(policy)
        let round: Round = deepFreeze(opened(policy, 1_000))
        let at = 1_000
        let aggregations = 0
        const rows = new Map<ClientId, Member>()
        for (const now of steps) {
          at += now.afterMs
          const event = deepFreeze(eventOf(now, rows, at))
          const decision = transition(round, event, policy)
          expect(transition(round, event, policy)).toEqual(decision)
          if (decision.kind === 'refused') expect(event).toHaveProperty('member')
          if (decision.kind !== 'changed') continue

          const before = round
          round = deepFreeze(decision.round)
          for (const member of decision.members) {
            expect(Member.parse(JSON.parse(JSON.stringify(member)))).toEqual(member)
            const was = rows.get(member.client)
            if (was?.status === 'received') expect(member).toEqual(was)
            rows.set(member.client, deepFreeze(member))
          }
          expect(Round.parse(JSON.parse(JSON.stringify(round)))).toEqual(round)
          expectForward(before, round)
          if (before.phase !== 'selecting' || round.phase === 'training') expectCounts(round, rows)
          expectClosedInTime(before, round, at, policy)
          aggregations += decision.effects.filter(({ type }) => type === 'aggregate').length
          expect(aggregations).toBeLessThanOrEqual(1)
          reached.add(round.phase === 'abandoned' ? round.reason : round.phase)
        }
      }),
      { numRuns: 700 },
    )
    // The stories are worth something only if they lead everywhere.
    expect([...reached].sort()).toEqual([
      'aggregating',
      'cannot-reach-quorum',
      'completed',
      'gate-refused',
      'no-quorum',
      'operator',
      'selecting',
      'too-few-clients',
      'training',
    ])
  })

  test('[R7] a member of another round is refused, or told that the round is over, and nothing is counted', () => {
    const member = aMember('accepted', { round: RoundId.parse('digits.2') })
    fc.assert(
      fc.property(story, ([{ policy }, steps]) => {
        let round: Round = opened(policy, 0)
        const rows = new Map<ClientId, Member>()
        let at = 0
        for (const now of steps) {
          at += now.afterMs
          for (const type of ['accepted', 'update-received'] as const)
            expect(
              transition(round, { type, member, receipt: aReceipt(), at } as RoundEvent, policy).kind,
            ).toBe('refused')
          const decision = transition(round, eventOf(now, rows, at), policy)
          if (decision.kind !== 'changed') continue
          round = decision.round
          for (const changed of decision.members) rows.set(changed.client, changed)
        }
      }),
      { numRuns: 100 },
    )
  })

  test('[R18] repeating what a restarted process owes changes no decision: effects’ results are heard once', () => {
    fc.assert(
      fc.property(story, ([{ policy }, steps]) => {
        let round: Round = opened(policy, 0)
        const rows = new Map<ClientId, Member>()
        let at = 0
        for (const now of steps) {
          at += now.afterMs
          const event = eventOf(now, rows, at)
          const decision = transition(round, event, policy)
          if (decision.kind !== 'changed') continue
          const phaseBefore: Round['phase'] = round.phase
          round = decision.round
          for (const changed of decision.members) rows.set(changed.client, changed)
          const isResult = ['cohort-drawn', 'aggregated', 'aggregation-refused', 'settled'].includes(
            event.type,
          )
          if (isResult) expect(transition(round, event, policy)).toEqual({ kind: 'unchanged' })
          if (round.phase !== phaseBefore && decision.effects.length > 0)
            expect(resume(round)).toEqual(decision.effects)
        }
      }),
      { numRuns: 300 },
    )
  })
})

const opened = (policy: RoundPolicy, at: number): Round =>
  openRound(
    {
      task: digits,
      number: 3,
      base: { version: ModelVersion.parse(7), digest: digestOf(7) },
      assignment: digestOf(1),
      at,
    },
    policy,
  )

const eventOf = (step: Step, rows: ReadonlyMap<ClientId, Member>, at: number): RoundEvent => {
  switch (step.what) {
    case 'waiting':
      return { type: 'clients-waiting', waiting: step.count, at }
    case 'drawn':
      return {
        type: 'cohort-drawn',
        clients: Array.from({ length: step.count }, (_, i) => clientOf(i)),
        publicKey,
        at,
      }
    case 'accepted':
      return { type: 'accepted', member: rowOf(step.who, rows), at }
    case 'declined':
      return { type: 'declined', member: rowOf(step.who, rows), reason: 'busy', at }
    case 'failed':
      return { type: 'failed', member: rowOf(step.who, rows), reason: 'diverged', at }
    case 'update-received':
      return {
        type: 'update-received',
        member: rowOf(step.who, rows),
        receipt: aReceipt({ envelope: digestOf(at), receivedAt: at }),
        at,
      }
    case 'time-passed':
      return { type: 'time-passed', waiting: step.count, at }
    case 'aggregated':
      return {
        type: 'aggregated',
        weights: { digest: digestOf(8), bytes: 100 },
        examples: 10,
        metrics: { loss: 0.5 },
        at,
      }
    case 'gate-refused':
      return { type: 'aggregation-refused', reason: 'gate-refused', detail: 'not finite', at }
    case 'abandon':
      return { type: 'abandon-requested', reason: 'operator', detail: '', by: 'tok-ada', at }
    case 'settled':
      return { type: 'settled', at }
    default:
      return unreachable(step)
  }
}

/** The row as it stands; of someone who has none, a row of another round. */
const rowOf = (who: number, rows: ReadonlyMap<ClientId, Member>): Member =>
  rows.get(clientOf(who)) ?? aMember('invited', { client: clientOf(who), round: RoundId.parse('digits.2') })

const expectForward = (before: Round, after: Round): void => {
  expect(PHASES.indexOf(after.phase)).toBeGreaterThanOrEqual(PHASES.indexOf(before.phase))
  if (before.phase === 'completed' || before.phase === 'abandoned')
    expect(after).toEqual({ ...before, debts: 'settled' })
  const { id, task, number, base, assignment, openedAt } = before
  expect(after).toMatchObject({ id, task, number, base, assignment, openedAt })
  if (after.phase === 'completed') {
    expect(after.version.version).toBe(base.version + 1)
    expect(after.tally.received).toBeGreaterThan(0)
  }
}

/** The tally is a count of the members' rows, and nothing else. */
const expectCounts = (round: Round, rows: ReadonlyMap<ClientId, Member>): void => {
  if (round.phase === 'selecting') return
  const counted: Tally = { invited: rows.size, accepted: 0, declined: 0, failed: 0, received: 0 }
  for (const { status } of rows.values())
    if (status !== 'invited' && status !== 'dropped') counted[status] += 1
  expect(round.tally).toEqual(counted)
  expect(counted.received).toBeLessThanOrEqual(counted.invited)
}

const expectClosedInTime = (
  before: Round,
  after: Round,
  at: number,
  { target, quorum }: RoundPolicy,
): void => {
  const late = at >= (deadlineOf(before) ?? Number.POSITIVE_INFINITY)
  if (after.phase === 'training') {
    const { invited, declined, failed, received } = after.tally
    const outstanding = invited - declined - failed - received
    if (before.phase === 'selecting') expect(invited).toBeGreaterThanOrEqual(quorum)
    else {
      expect(received).toBeLessThan(target)
      expect(outstanding === 0 && received >= quorum).toBe(false)
    }
    expect(received + outstanding).toBeGreaterThanOrEqual(quorum)
  }
  if (before.phase === 'training' && after.phase === 'aggregating') {
    const { invited, declined, failed, received } = after.tally
    expect(received).toBeGreaterThanOrEqual(quorum)
    expect(received >= target || late || invited === declined + failed + received).toBe(true)
  }
  if (after.phase !== 'abandoned' || before.phase === 'abandoned') return
  const { invited, declined, failed, received } = after.tally
  if (after.reason === 'no-quorum') expect([late, received < quorum]).toEqual([true, true])
  if (after.reason === 'too-few-clients') expect([late, before.phase]).toEqual([true, 'selecting'])
  if (after.reason === 'cannot-reach-quorum') expect(invited - declined - failed).toBeLessThan(quorum)
}

const deepFreeze = <T>(value: T): T => {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value)
    Object.values(value).forEach(deepFreeze)
  }
  return value
}
