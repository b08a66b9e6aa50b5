import { numberOfRound, type RoundId, unreachable } from '@tributary/protocols'
import type { Invitation } from '@tributary/protocols/messages'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Effect } from './effect.ts'
import type { Happening, TransferProblem } from './event.ts'
import {
  anInvitation,
  aSecureInvitation,
  aSession,
  challenge,
  confirmations,
  heard,
  join,
  published,
  refusal,
  round,
  standby,
  survivors,
  task,
  version,
  welcome,
} from './participate.builders.ts'
import { participate } from './participate.ts'
import { idle, type Participation, type RoundOutcome } from './state.ts'
import { wakeAt } from './wake-at.ts'

/**
 * A world that performs effects by writing them down, and complains when one cannot be performed. Random events,
 * mostly answers to what is under way and partly nonsense, drive the machine in it.
 */
const createWorld = () => {
  let state: Participation = idle()
  let at = 0
  let line: 'none' | 'open' | 'welcomed' = 'none'
  let trainingOf: string | undefined
  let sessionOf: RoundId | undefined
  let uploadOf: string | undefined
  let fetchOf: string | undefined
  let modelFetch: number | undefined
  let held = 0
  const kept = new Set<string>()
  const calls = new Map<RoundId, Invitation>()
  const over = new Set<string>()
  const acknowledged = new Set<string>()
  const pending: Happening[] = []
  /** An update that is on the device, of the rounds whose updates there is room for: it is there until it is forgotten, whoever leaves. */
  let onDevice: Invitation | undefined

  const perform = (effect: Effect): void => {
    switch (effect.type) {
      case 'connect':
        expect(line, 'one line at a time').toBe('none')
        line = 'open'
        pending.push(heard(challenge))
        return
      case 'hang-up':
        expect(line, 'only an open line is ended').not.toBe('none')
        line = 'none'
        return
      case 'authenticate':
        expect(line).toBe('open')
        pending.push(heard(welcome()))
        return
      case 'send':
        expect(line, 'nothing is said before the welcome').toBe('welcomed')
        if (effect.message.type === 'check-in') pending.push(heard(standby))
        if (effect.message.type === 'secagg-refuse')
          expect(effect.message.round, 'a session speaks of the round at work only').toBe(roundAtWork())
        return
      case 'ask':
        kept.add(effect.invitation.round)
        pending.push({ type: 'decided', round: effect.invitation.round, decision: { kind: 'accept' } })
        return
      case 'fetch':
        expect(fetchOf, 'one fetch at a time').toBeUndefined()
        fetchOf = effect.invitation.round
        pending.push({ type: 'fetched', round: effect.invitation.round })
        return
      case 'train':
        expect(trainingOf, 'never two trainings at once').toBeUndefined()
        trainingOf = effect.invitation.round
        if (effect.invitation.manifest) {
          const { round } = effect.invitation
          sessionOf = round
          pending.push({ type: 'session-moved', round, step: 'advertised' })
          pending.push({ type: 'session-says', round, message: refuse(round) })
        }
        calls.set(effect.invitation.round, effect.invitation)
        pending.push({
          type: 'sealed',
          round: effect.invitation.round,
          ...(!effect.invitation.manifest && numberOfRound(effect.invitation.round) > 1 && { kept: true }),
        })
        return
      case 'upload': {
        const of = effect.invitation.round
        expect(uploadOf, 'one upload at a time').toBeUndefined()
        expect(over.has(of), 'never an upload after the end of the round').toBe(false)
        expect(acknowledged.has(of), 'what is acknowledged is not uploaded again').toBe(false)
        uploadOf = of
        pending.push({ type: 'acknowledged', round: of })
        return
      }
      case 'forget-update':
        expect(effect.round, 'what is forgotten is what there is').toBe(onDevice?.round)
        onDevice = undefined
        return
      case 'drop':
        expect(kept.delete(effect.round), 'each round is dropped once').toBe(true)
        over.add(effect.round)
        if (trainingOf === effect.round) trainingOf = undefined
        if (sessionOf === effect.round) sessionOf = undefined
        if (uploadOf === effect.round) uploadOf = undefined
        if (fetchOf === effect.round) fetchOf = undefined
        return
      case 'fetch-model':
        expect(modelFetch ?? 0, 'a fetch gives way to that of a newer model only').toBeLessThan(
          effect.published.model.version,
        )
        modelFetch = effect.published.model.version
        pending.push({ type: 'model-fetched', version: effect.published.model.version })
        return
      case 'abandon-model-fetch':
        expect(modelFetch, 'only a fetch under way is given up').toBeDefined()
        modelFetch = undefined
        return
      case 'hold':
        expect(effect.version, 'never back to an older model').toBeGreaterThan(held)
        expect(modelFetch ?? Infinity, 'what is no newer is not fetched on').toBeGreaterThan(effect.version)
        held = effect.version
        return
      case 'hear':
        expect(effect.round, 'a session is heard of the round at work only').toBe(roundAtWork())
        expect(kept.has(effect.round), 'nothing is heard where all has been let go of').toBe(true)
        expect(effect.message.round, 'a session hears of its own round').toBe(effect.round)
        return
      case 'tell':
        return
      default:
        unreachable(effect)
    }
  }

  const roundAtWork = () =>
    state.phase === 'joined' && state.work.is !== 'none' ? state.work.invitation.round : undefined

  const remembers = (of: RoundId) =>
    state.phase === 'joined' &&
    (state.last?.round === of || (state.work.is !== 'none' && state.work.invitation.round === of))

  /** What the world itself knows to have ended, before the machine hears of it. Nonsense it does not deliver. */
  const settle = (happening: Happening): boolean => {
    switch (happening.type) {
      case 'fetched':
      case 'fetch-stopped':
        if (fetchOf !== happening.round) return false
        fetchOf = undefined
        return true
      case 'sealed':
      case 'training-failed':
        if (trainingOf !== happening.round) return false
        trainingOf = undefined
        if (happening.type === 'sealed' && happening.kept) onDevice = calls.get(happening.round)
        return true
      case 'acknowledged':
      case 'upload-stopped':
        if (uploadOf !== happening.round) return false
        uploadOf = undefined
        if (happening.type === 'acknowledged') acknowledged.add(happening.round)
        return true
      // What a session has said may wait its turn until after its end: it is delivered all the same.
      case 'session-ended':
        if (sessionOf === happening.round) sessionOf = undefined
        return true
      case 'model-fetched':
      case 'model-fetch-stopped':
        if (modelFetch !== happening.version) return false
        modelFetch = undefined
        return true
      case 'line-closed':
        if (line === 'none') return false
        line = 'none'
        return true
      case 'message':
        if (line === 'none') return false
        if (
          happening.message.type === 'welcome' &&
          state.phase === 'joined' &&
          state.line.is === 'authenticating'
        )
          line = 'welcomed'
        // Only the last round is remembered: an invitation to one before it is taken for a new one.
        if (happening.message.type === 'invitation' && !remembers(happening.message.round)) {
          over.delete(happening.message.round)
          acknowledged.delete(happening.message.round)
        }
        return true
      default:
        return true
    }
  }

  /** Whoever joins finds what was left on the device. */
  const comingBack = (happening: Happening): Happening => {
    if (happening.type !== 'join' || state.phase === 'joined' || !onDevice) return happening
    kept.add(onDevice.round)
    over.delete(onDevice.round)
    // An answer that came when it had left was heard by nobody: the same bytes are offered again, and answered the same [U8].
    acknowledged.delete(onDevice.round)
    return { ...happening, pending: { invitation: onDevice, deadlineAt: at } }
  }

  return {
    happen(happening: Happening, chance: number) {
      if (!settle(happening)) return
      const step = participate(state, { ...comingBack(happening), at, chance })
      state = step.state
      for (const effect of step.effects) perform(effect)
    },
    answer(which: number, chance: number) {
      const [next] = pending.splice(which % Math.max(1, pending.length), 1)
      if (next) this.happen(next, chance)
    },
    wait(ms: number) {
      at += ms
    },
    wake(chance: number) {
      const due = wakeAt(state)
      if (due === undefined) return
      at = Math.max(at, due)
      this.happen({ type: 'time-passed' }, chance)
      const next = wakeAt(state)
      if (next !== undefined)
        expect(next, 'a timer that has rung is not set to ring again').toBeGreaterThan(at)
    },
    state: () => state,
    rest: () => ({
      line,
      kept: kept.size,
      trainingOf,
      sessionOf,
      uploadOf,
      fetchOf,
      modelFetch,
      timer: wakeAt(state),
    }),
  }
}

const refuse = (of: RoundId) => ({ type: 'secagg-refuse', round: of, reason: 'out-of-turn' }) as const

const rounds = fc.integer({ min: 1, max: 3 }).map(round)
const versions = fc.integer({ min: 1, max: 5 }).map(version)
const problems: fc.Arbitrary<TransferProblem> = fc.oneof(
  fc.record({ kind: fc.constant('interrupted' as const), afterMs: fc.integer({ min: 0, max: 9_000 }) }),
  fc.constant({ kind: 'unauthenticated' } as const),
  fc.constant({ kind: 'round-over' } as const),
  fc.constant({ kind: 'refused', detail: 'no' } as const),
)
const outcomes: fc.Arbitrary<RoundOutcome> = fc.constantFrom(
  { kind: 'closed' },
  { kind: 'completed', version: version(2) },
  { kind: 'abandoned', reason: 'no-quorum' },
)
const reasons = fc.constantFrom(
  'malformed',
  'not-authenticated',
  'unknown-round',
  'round-over',
  'too-many-messages',
  'replaced',
  'revoked-client',
)

const happenings: fc.Arbitrary<Happening> = fc.oneof(
  fc.constant(join),
  fc.constant({ type: 'leave' } as const),
  fc.constant({ type: 'line-closed' } as const),
  fc.constant({ type: 'time-passed' } as const),
  fc.constantFrom(heard(challenge), heard(welcome()), heard(standby)),
  fc.integer({ min: 1, max: 3 }).map((n) => heard(anInvitation(n, { session: aSession(`of-${n}`) }))),
  fc.integer({ min: 1, max: 3 }).map((n) => heard(aSecureInvitation(n, { session: aSession(`of-${n}`) }))),
  fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.constantFrom(survivors, confirmations))
    .map(([n, question]) => heard(question(n))),
  fc
    .tuple(rounds, fc.constantFrom('advertised', 'shared', 'masking', 'masked', 'answered'))
    .map(([of, step]) => ({ type: 'session-moved', round: of, step }) as const),
  rounds.map((of) => ({ type: 'session-says', round: of, message: refuse(of) }) as const),
  fc
    .tuple(rounds, fc.constantFrom('yes', 'no'))
    .map(([of, begun]) => ({ type: 'session-ended', round: of, reason: 'out-of-turn', begun }) as const),
  fc.integer({ min: 1, max: 5 }).map((n) => heard(published(n))),
  fc.tuple(rounds, outcomes).map(([of, outcome]) => heard({ type: 'round-ended', round: of, outcome })),
  fc
    .integer({ min: 0, max: 5_000 })
    .map((afterMs) => heard({ type: 'come-back', task, afterMs, reason: 'enough-clients' })),
  fc
    .tuple(reasons, fc.constantFrom('check-in', 'accept', 'progress'))
    .map(([reason, of]) => refusal(reason, of)),
  rounds.map(
    (of) => ({ type: 'decided', round: of, decision: { kind: 'decline', reason: 'busy' } }) as const,
  ),
  rounds.map((of) => ({ type: 'fetched', round: of }) as const),
  rounds.map((of) => ({ type: 'progress', round: of, fraction: 0.5, loss: undefined }) as const),
  rounds.map((of) => ({ type: 'training-failed', round: of, reason: 'diverged', detail: '' }) as const),
  fc.tuple(rounds, problems).map(([of, problem]) => ({ type: 'fetch-stopped', round: of, problem }) as const),
  fc
    .tuple(rounds, problems)
    .map(([of, problem]) => ({ type: 'upload-stopped', round: of, problem }) as const),
  versions.map((of) => ({ type: 'model-fetched', version: of }) as const),
  fc
    .tuple(versions, problems)
    .map(([of, problem]) => ({ type: 'model-fetch-stopped', version: of, problem }) as const),
)

type Command =
  | { do: 'answer'; which: number }
  | { do: 'happen'; happening: Happening }
  | { do: 'wait'; ms: number }
  | { do: 'wake' }

const commands: fc.Arbitrary<Command> = fc.oneof(
  { weight: 6, arbitrary: fc.nat(3).map((which) => ({ do: 'answer', which }) as const) },
  { weight: 4, arbitrary: happenings.map((happening) => ({ do: 'happen', happening }) as const) },
  { weight: 1, arbitrary: fc.nat(40_000).map((ms) => ({ do: 'wait', ms }) as const) },
  { weight: 2, arbitrary: fc.constant({ do: 'wake' } as const) },
)

test('whatever happens: one line, one training, one upload; none for a round that is over; nothing left behind', () => {
  const reached = new Set<string>()
  fc.assert(
    fc.property(
      fc.array(fc.tuple(commands, fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })), {
        minLength: 20,
        maxLength: 200,
        size: 'max',
      }),
      (walk) => {
        const world = createWorld()
        world.happen(join, 0)
        for (const [command, chance] of walk) {
          switch (command.do) {
            case 'answer':
              world.answer(command.which, chance)
              break
            case 'happen':
              world.happen(command.happening, chance)
              break
            case 'wait':
              world.wait(command.ms)
              break
            case 'wake':
              world.wake(chance)
              break
            default:
              unreachable(command)
          }
          const state = world.state()
          reached.add(state.phase === 'joined' ? state.work.is : state.phase)
        }
        world.happen({ type: 'leave' }, 0)
        expect(world.rest()).toEqual({
          line: 'none',
          kept: 0,
          trainingOf: undefined,
          sessionOf: undefined,
          uploadOf: undefined,
          fetchOf: undefined,
          modelFetch: undefined,
          timer: undefined,
        })
      },
    ),
    { numRuns: 2_000 },
  )
  // A walk that never leaves the line would prove nothing.
  expect([...reached].sort()).toEqual([
    'fetching',
    'idle',
    'invited',
    'none',
    'stopped',
    'submitting',
    'training',
    'unmasking',
  ])
})

test('every state is plain JSON', () => {
  fc.assert(
    fc.property(fc.array(happenings, { maxLength: 60 }), (walk) => {
      const world = createWorld()
      world.happen(join, 0.5)
      for (const happening of walk) {
        world.answer(0, 0.5)
        world.happen(happening, 0.5)
        const state = world.state()
        expect(JSON.parse(JSON.stringify(state))).toEqual(state)
      }
    }),
    { numRuns: 200 },
  )
})
