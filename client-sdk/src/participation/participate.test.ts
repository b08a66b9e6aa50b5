import { describe, expect, test } from 'vitest'
import type { Effect } from './effect.ts'
import {
  anInvitation,
  aSession,
  challenge,
  fetching,
  heard,
  invited,
  join,
  lineBack,
  onTheLine,
  published,
  refusal,
  round,
  type Stride,
  submitting,
  task,
  training,
  version,
  walk,
  welcome,
} from './participate.builders.ts'
import { statusOf } from './status.ts'
import { wakeAt } from './wake-at.ts'

const said = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'send' ? [effect.message] : []))
const told = (effects: readonly Effect[]) =>
  effects.flatMap((effect) => (effect.type === 'tell' ? [effect.notice] : []))
const types = (effects: readonly Effect[]) => effects.map((effect) => effect.type)
const workOf = (...strides: Stride[]) => {
  const { state } = walk(...strides)
  return state.phase === 'joined' ? state.work.is : state.phase
}

describe('the line', () => {
  test('joining opens a line, and its challenge is answered', () => {
    expect(types(walk(join).effects)).toEqual(['connect'])
    expect(walk(join, heard(challenge)).effects).toEqual([
      { type: 'authenticate', coordinator: 'test', nonce: 'A'.repeat(43), protocol: 1 },
    ])
  })

  test('the welcome is followed by a check-in', () => {
    expect(walk(join, heard(challenge), heard(welcome())).effects).toEqual([
      { type: 'send', message: { type: 'check-in', task } },
    ])
  })

  test('a coordinator of other protocol versions stops the participation', () => {
    const { state, effects } = walk(join, heard({ ...challenge, protocols: [7, 8] }))
    expect(statusOf(state)).toEqual({ is: 'stopped' })
    expect(types(effects)).toEqual(['hang-up', 'tell'])
    expect(told(effects)).toMatchObject([{ type: 'stopped', reason: 'unsupported-protocol' }])
  })

  test.each([
    'unknown-client',
    'revoked-client',
    'bad-signature',
    'unknown-task',
    'replaced',
    'unsupported-protocol',
  ] as const)('a refusal because of %s stops the participation, whatever it was doing', (reason) => {
    const { state, effects } = walk(...training, refusal(reason, 'authenticate'))
    expect(state).toEqual({ phase: 'stopped', newest: 1, reason, detail: '' })
    expect(types(effects)).toEqual(['drop', 'hang-up', 'tell'])
    expect(wakeAt(state)).toBeUndefined()
  })

  test('[L10] a lost line is opened again after a wait that doubles, to a minute at most', () => {
    let at = 0
    const delays: number[] = []
    const strides: Stride[] = [{ happening: join, at }]
    for (let failure = 0; failure < 9; failure++) {
      strides.push({ happening: { type: 'line-closed' }, at })
      const due = wakeAt(walk(...strides).state) ?? Number.NaN
      delays.push(due - at)
      at = due
      strides.push({ happening: { type: 'time-passed' }, at })
    }
    expect(delays).toEqual([750, 1_500, 3_000, 6_000, 12_000, 24_000, 45_000, 45_000, 45_000])
  })

  test('a line that is not welcomed in 20 s is given up', () => {
    const waiting = walk(join, heard(challenge))
    expect(wakeAt(waiting.state)).toBe(20_010)
    const { effects, state } = walk(join, heard(challenge), {
      happening: { type: 'time-passed' },
      at: 20_010,
    })
    expect(types(effects)).toEqual(['hang-up'])
    expect(statusOf(state)).toEqual({ is: 'connecting' })
  })

  test('what is said on a line that has not been welcomed counts for nothing', () => {
    expect(workOf(join, heard(challenge), heard(anInvitation()))).toBe('none')
  })

  test('told to come back, a client asks again then and not before', () => {
    const told: Stride[] = [
      ...onTheLine,
      heard({ type: 'come-back', task, afterMs: 5_000, reason: 'no-round-due' }),
    ]
    const resting = walk(...told)
    const until = resting.at + 5_000
    expect(wakeAt(resting.state)).toBe(until)
    expect(statusOf(resting.state)).toEqual({ is: 'waiting', resting: { reason: 'no-round-due', until } })
    expect(walk(...told, { happening: { type: 'time-passed' }, at: until - 1 }).effects).toEqual([])
    expect(said(walk(...told, { happening: { type: 'time-passed' }, at: until }).effects)).toEqual([
      { type: 'check-in', task },
    ])
  })

  test('a come-back of no time at all is still a second', () => {
    const { state, at } = walk(
      ...onTheLine,
      heard({ type: 'come-back', task, afterMs: 0, reason: 'no-round-due' }),
    )
    expect(wakeAt(state)).toBe(at + 1_000)
  })

  test('a client on call needs no timer', () => expect(wakeAt(walk(...onTheLine).state)).toBeUndefined())

  test('leaving says so, ends the line and leaves nothing behind', () => {
    const { state, effects } = walk(...training, { type: 'leave' })
    expect(state).toEqual({ phase: 'idle', newest: 1 })
    expect(said(effects)).toEqual([
      { type: 'failed', round: round(1), reason: 'aborted' },
      { type: 'leave', task },
    ])
    expect(types(effects)).toEqual(['send', 'send', 'drop', 'hang-up'])
    expect(wakeAt(state)).toBeUndefined()
  })
})

describe('a round', () => {
  test('the app is asked before anything is fetched', () => {
    expect(walk(...invited).effects).toEqual([{ type: 'ask', invitation: anInvitation() }])
    expect(walk(...fetching).effects).toEqual([
      { type: 'send', message: { type: 'accept', round: round(1) } },
      { type: 'fetch', invitation: anInvitation(), session: aSession() },
    ])
  })

  test('declined, it is over for this client, which stays ready for others', () => {
    const { effects, state } = walk(...invited, {
      type: 'decided',
      round: round(1),
      decision: { kind: 'decline', reason: 'busy' },
    })
    expect(said(effects)).toEqual([
      { type: 'decline', round: round(1), reason: 'busy' },
      { type: 'check-in', task },
    ])
    expect(statusOf(state)).toEqual({ is: 'waiting' })
  })

  test('what was fetched is trained from, and is the newest model', () => {
    expect(types(walk(...training).effects)).toEqual(['train', 'hold'])
  })

  test('sealed, uploaded and acknowledged', () => {
    expect(walk(...submitting).effects).toEqual([
      { type: 'upload', invitation: anInvitation(), session: aSession() },
    ])
    const { effects } = walk(...submitting, { type: 'acknowledged', round: round(1) })
    expect(told(effects)).toEqual([{ type: 'submitted', round: round(1) }])
    expect(types(effects)).toEqual(['tell', 'drop', 'send'])
  })

  test.each([
    ['invited', invited],
    ['fetching', fetching],
    ['training', training],
    ['submitting', submitting],
  ] as const)('a repeated invitation changes nothing while %s', (stage, strides) => {
    const { effects } = walk(...strides, heard(anInvitation()))
    expect(effects).toEqual([])
    expect(workOf(...strides, heard(anInvitation()))).toBe(stage)
  })

  test('an invitation repeated on a new line is accepted on it, as the old one may have lost the accept', () => {
    const { effects } = walk(...training, ...lineBack, heard(anInvitation()))
    expect(effects).toEqual([{ type: 'send', message: { type: 'accept', round: round(1) } }])
    expect(walk(...training, ...lineBack, heard(anInvitation()), heard(anInvitation())).effects).toEqual([])
  })

  test('an invitation repeated after the acknowledgement is not trained for again', () => {
    const done: Stride[] = [...submitting, { type: 'acknowledged', round: round(1) }]
    expect(walk(...done, heard(anInvitation())).effects).toEqual([])
  })

  test('an answer that was lost with the line is given again', () => {
    const declined: Stride[] = [
      ...invited,
      { type: 'decided', round: round(1), decision: { kind: 'decline', reason: 'consent' } },
    ]
    expect(said(walk(...declined, ...lineBack, heard(anInvitation())).effects)).toEqual([
      { type: 'decline', round: round(1), reason: 'consent' },
    ])
    const failed: Stride[] = [
      ...training,
      { type: 'training-failed', round: round(1), reason: 'no-examples', detail: '' },
    ]
    expect(said(walk(...failed, ...lineBack, heard(anInvitation())).effects)).toEqual([
      { type: 'failed', round: round(1), reason: 'no-examples' },
    ])
  })

  test('[L10] training goes on while the line is lost, and the check-in names its round', () => {
    const { effects } = walk(...training, { type: 'line-closed' })
    expect(effects).toEqual([])
    expect(said(walk(...training, ...lineBack).effects)).toEqual([
      { type: 'check-in', task, round: round(1) },
    ])
  })

  test('an update sealed without a line is uploaded all the same', () => {
    const { effects } = walk(...training, { type: 'line-closed' }, { type: 'sealed', round: round(1) })
    expect(types(effects)).toEqual(['upload'])
  })

  test('[U10] an interrupted upload is repeated: after a wait, and not sooner than the coordinator asks', () => {
    const cut: Stride[] = [
      ...submitting,
      { type: 'upload-stopped', round: round(1), problem: { kind: 'interrupted', afterMs: 4_000 } },
    ]
    const { state, at } = walk(...cut)
    expect(wakeAt(state)).toBe(at + 4_750)
    expect(types(walk(...cut, { happening: { type: 'time-passed' }, at: at + 4_750 }).effects)).toEqual([
      'upload',
    ])
  })

  test('a waiting upload goes at once when the line is back', () => {
    const cut: Stride[] = [
      ...submitting,
      { type: 'upload-stopped', round: round(1), problem: { kind: 'interrupted', afterMs: 100_000 } },
    ]
    expect(types(walk(...cut, ...lineBack).effects)).toEqual(['send', 'upload'])
  })

  test('a session that is not accepted is replaced by that of a new line', () => {
    const stale: Stride[] = [
      ...submitting,
      { type: 'upload-stopped', round: round(1), problem: { kind: 'unauthenticated' } },
    ]
    expect(types(walk(...stale).effects)).toEqual(['hang-up'])
    const renewed = walk(
      ...stale,
      { happening: { type: 'time-passed' }, at: 30_000 },
      heard(challenge),
      heard(welcome(aSession('second'))),
    )
    expect(renewed.effects).toContainEqual({
      type: 'upload',
      invitation: anInvitation(),
      session: aSession('second'),
    })
  })

  test.each([
    ['fetching', fetching, 'fetch-stopped', 'download-error'],
    ['submitting', submitting, 'upload-stopped', 'upload-error'],
  ] as const)('a transfer refused while %s fails the round', (_, strides, type, reason) => {
    const { effects } = walk(...strides, {
      type,
      round: round(1),
      problem: { kind: 'refused', detail: 'no such thing' },
    })
    expect(said(effects)).toEqual([
      { type: 'failed', round: round(1), reason },
      { type: 'check-in', task },
    ])
    expect(told(effects)).toEqual([{ type: 'failed', round: round(1), reason, detail: 'no such thing' }])
  })

  test.each([
    ['invited', invited],
    ['fetching', fetching],
    ['training', training],
    ['submitting', submitting],
  ] as const)('its end while %s drops everything kept for it', (_, strides) => {
    const outcome = { kind: 'abandoned', reason: 'no-quorum' } as const
    const { effects, state } = walk(...strides, heard({ type: 'round-ended', round: round(1), outcome }))
    expect(effects).toEqual([
      { type: 'tell', notice: { type: 'round-ended', round: round(1), outcome } },
      { type: 'drop', round: round(1) },
      { type: 'send', message: { type: 'check-in', task } },
    ])
    expect(statusOf(state)).toEqual({ is: 'waiting' })
  })

  test('an upload answered with round-over ends it', () => {
    const { effects } = walk(...submitting, {
      type: 'upload-stopped',
      round: round(1),
      problem: { kind: 'round-over' },
    })
    expect(types(effects)).toEqual(['tell', 'drop', 'send'])
  })

  test('a check-in refused because of its round ends it, and is repeated without it', () => {
    const { effects } = walk(...submitting, ...lineBack, refusal('round-over'))
    expect(types(effects)).toEqual(['tell', 'drop', 'send'])
    expect(said(effects)).toEqual([{ type: 'check-in', task }])
  })

  test('a refused accept does not say whose it was: the check-in asks', () => {
    expect(said(walk(...fetching, refusal('round-over', 'accept')).effects)).toEqual([
      { type: 'check-in', task, round: round(1) },
    ])
  })

  test('training stops at the deadline, but what is sealed is offered even late', () => {
    const late = { happening: { type: 'time-passed' }, at: 70_000 } as const
    expect(types(walk(...training, late).effects)).toEqual(['tell', 'drop', 'send'])
    expect(workOf(...submitting, late)).toBe('submitting')
  })

  test('an invitation to another round ends the one before', () => {
    const { effects } = walk(...training, heard(anInvitation(2)))
    expect(types(effects)).toEqual(['tell', 'drop', 'ask'])
    expect(effects[1]).toEqual({ type: 'drop', round: round(1) })
  })

  describe('completed, which is heard while the update is under way,', () => {
    const outcome = { kind: 'completed', version: version(2) } as const
    const completed: readonly Stride[] = [
      ...submitting,
      heard({ type: 'round-ended', round: round(1), outcome }),
    ]
    const ended = { type: 'round-ended', round: round(1), outcome }

    test('waits for the answer to the update', () => {
      expect(walk(...completed).effects).toEqual([])
      expect(workOf(...completed)).toBe('submitting')
      const { effects } = walk(...completed, { type: 'acknowledged', round: round(1) })
      expect(told(effects)).toEqual([{ type: 'submitted', round: round(1) }, ended])
      expect(types(effects)).toEqual(['tell', 'tell', 'drop', 'send'])
    })

    test.each(['interrupted', 'unauthenticated', 'round-over'] as const)(
      'ends the round where that answer is %s',
      (kind) => {
        const strides = [
          ...completed,
          { type: 'upload-stopped', round: round(1), problem: { kind } } as const,
        ]
        expect(told(walk(...strides).effects)).toEqual([ended])
        expect(workOf(...strides)).toBe('none')
      },
    )

    test('is what is told when another round begins', () => {
      expect(told(walk(...completed, heard(anInvitation(2))).effects)).toEqual([ended])
    })
  })

  test('its outcome is told to the app also after the update was acknowledged', () => {
    const outcome = { kind: 'completed', version: version(2) } as const
    const { effects } = walk(
      ...submitting,
      { type: 'acknowledged', round: round(1) },
      heard({ type: 'round-ended', round: round(1), outcome }),
    )
    expect(told(effects)).toEqual([{ type: 'round-ended', round: round(1), outcome }])
  })

  test('[C3] a new line asks for the outcome of a round that has the update, until it is told', () => {
    const back: Stride[] = [...submitting, { type: 'acknowledged', round: round(1) }, ...lineBack]
    expect(said(walk(...back).effects)).toEqual([{ type: 'check-in', task, round: round(1) }])
    const ended = heard({
      type: 'round-ended',
      round: round(1),
      outcome: { kind: 'completed', version: version(2) },
    })
    expect(told(walk(...back, ended).effects)).toMatchObject([{ type: 'round-ended', round: round(1) }])
    const again = walk(
      ...back,
      ended,
      { happening: { type: 'line-closed' }, at: 30_000 },
      {
        happening: { type: 'time-passed' },
        at: 40_000,
      },
      heard(challenge),
      heard(welcome()),
    )
    expect(said(again.effects)).toEqual([{ type: 'check-in', task }])
  })

  test('progress is told every two seconds at most, and never as a number that JSON lacks', () => {
    const progress = { type: 'progress', round: round(1), fraction: 1.5, loss: Number.NaN } as const
    const { at, effects } = walk(...training, progress)
    expect(effects).toEqual([])
    expect(said(walk(...training, { happening: progress, at: at + 2_000 }).effects)).toEqual([
      { type: 'progress', round: round(1), fraction: 1 },
    ])
    const none = { ...progress, fraction: Number.NaN }
    expect(said(walk(...training, { happening: none, at: at + 2_000 }).effects)).toEqual([
      { type: 'progress', round: round(1), fraction: 0 },
    ])
  })
})

describe('the newest model', () => {
  test('is fetched when it is published and held when it is there', () => {
    const { model, assignment } = published(3)
    expect(walk(...onTheLine, heard(published(3))).effects).toEqual([
      { type: 'fetch-model', published: { model, assignment }, session: aSession() },
    ])
    expect(
      walk(...onTheLine, heard(published(3)), { type: 'model-fetched', version: version(3) }).effects,
    ).toEqual([{ type: 'hold', version: 3, weights: model.digest, assignment: assignment.digest }])
  })

  test('is not exchanged for an older one', () => {
    const held: Stride[] = [...onTheLine, heard(published(3)), { type: 'model-fetched', version: version(3) }]
    expect(walk(...held, heard(published(2))).effects).toEqual([])
    expect(
      types(
        walk(
          ...held,
          heard(anInvitation(2)),
          { type: 'decided', round: round(2), decision: { kind: 'accept' } },
          { type: 'fetched', round: round(2) },
        ).effects,
      ),
    ).toEqual(['train'])
  })

  test('published during the fetch of an older one, is fetched instead', () => {
    const { effects } = walk(...onTheLine, heard(published(3)), heard(published(4)))
    expect(effects).toMatchObject([{ type: 'fetch-model', published: { model: { version: 4 } } }])
    expect(
      walk(...onTheLine, heard(published(3)), heard(published(4)), {
        type: 'model-fetched',
        version: version(3),
      }).effects,
    ).toEqual([])
  })

  test('is no longer fetched once a round brought it, or the client stopped or left', () => {
    const during: Stride[] = [...fetching, heard(published(1))]
    expect(types(walk(...during, { type: 'fetched', round: round(1) }).effects)).toEqual([
      'train',
      'abandon-model-fetch',
      'hold',
    ])
    const fetchingModel: Stride[] = [...onTheLine, heard(published(5))]
    expect(types(walk(...fetchingModel, { type: 'leave' }).effects)).toEqual([
      'send',
      'abandon-model-fetch',
      'hang-up',
    ])
    expect(types(walk(...fetchingModel, refusal('replaced')).effects)).toEqual([
      'abandon-model-fetch',
      'hang-up',
      'tell',
    ])
  })

  test.each([
    ['its next attempt', { kind: 'interrupted' }],
    ['a session', { kind: 'unauthenticated' }],
  ] as const)('whose fetch waits for %s leaves none to give up', (_, problem) => {
    const stopped: Stride = { type: 'model-fetch-stopped', version: version(1), problem }
    const during: Stride[] = [...fetching, heard(published(1)), stopped]
    expect(types(walk(...during, { type: 'fetched', round: round(1) }).effects)).toEqual(['train', 'hold'])
    const waiting: Stride[] = [...onTheLine, heard(published(1)), stopped]
    expect(types(walk(...waiting, { type: 'leave' }).effects)).not.toContain('abandon-model-fetch')
  })

  test('that cannot be had is a problem told, not an end', () => {
    const { effects, state } = walk(...onTheLine, heard(published(3)), {
      type: 'model-fetch-stopped',
      version: version(3),
      problem: { kind: 'refused', detail: 'gone' },
    })
    expect(told(effects)).toMatchObject([{ type: 'problem', code: 'model-not-fetched' }])
    expect(statusOf(state)).toEqual({ is: 'waiting' })
  })
})
