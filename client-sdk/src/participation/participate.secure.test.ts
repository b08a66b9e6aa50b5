import { describe, expect, test } from 'vitest'
import type { Effect } from './effect.ts'
import type { Happening } from './event.ts'
import {
  anInvitation,
  aSecureInvitation,
  aSession,
  confirmations,
  heard,
  inSession,
  join,
  lineBack,
  onTheLine,
  round,
  type Stride,
  submittingMasked,
  survivors,
  task,
  unmasking,
  version,
  walk,
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
  return state.phase === 'joined' ? state.work : undefined
}

const DAY_MS = 86_400_000
const refuse = { type: 'secagg-refuse', round: round(1), reason: 'out-of-turn' } as const
const left = (begun: 'yes' | 'no'): Happening => ({
  type: 'session-ended',
  round: round(1),
  reason: begun === 'yes' ? 'out-of-turn' : 'below-floor',
  begun,
})

const STAGES = [
  ['training', inSession],
  ['submitting', submittingMasked],
  ['unmasking', unmasking],
] as const

describe('[R22] the session of a secure round', () => {
  test('is known by its step, which is kept while the vector is uploaded and its sum opened', () => {
    expect(workOf(...inSession)).toMatchObject({ is: 'training', session: 'advertised' })
    expect(workOf(...submittingMasked)).toMatchObject({ is: 'submitting', session: 'masked' })
    expect(workOf(...unmasking)).toMatchObject({ is: 'unmasking', session: 'masked' })
    expect(workOf(...unmasking, { type: 'session-moved', round: round(1), step: 'answered' })).toMatchObject({
      is: 'unmasking',
      session: 'answered',
    })
  })

  test.each(STAGES)('is handed its questions while %s, and speaks on the line', (_, strides) => {
    expect(walk(...strides, heard(survivors())).effects).toEqual([
      { type: 'hear', round: round(1), message: survivors() },
    ])
    expect(walk(...strides, { type: 'session-says', round: round(1), message: refuse }).effects).toEqual([
      { type: 'send', message: refuse },
    ])
  })

  test('says nothing without a line: the coordinator asks again', () => {
    const cut: Stride[] = [...inSession, { type: 'line-closed' }]
    expect(walk(...cut, { type: 'session-says', round: round(1), message: refuse }).effects).toEqual([])
  })

  test.each(STAGES)('[S11] on a new line while %s the check-in names its round', (_, strides) => {
    expect(said(walk(...strides, ...lineBack).effects)).toEqual([{ type: 'check-in', task, round: round(1) }])
  })

  test('[S9] hears its manifest again with a repeated invitation, behind the accept', () => {
    const { manifest } = aSecureInvitation()
    const hear = {
      type: 'hear',
      round: round(1),
      message: { type: 'secagg-manifest', round: round(1), manifest },
    }
    expect(walk(...inSession, heard(aSecureInvitation())).effects).toEqual([hear])
    expect(walk(...inSession, ...lineBack, heard(aSecureInvitation())).effects).toEqual([
      { type: 'send', message: { type: 'accept', round: round(1) } },
      hear,
    ])
  })

  test('hears nothing before it has begun: its own first words are still to come', () => {
    const fetching: Stride[] = [
      ...onTheLine,
      heard(aSecureInvitation()),
      { type: 'decided', round: round(1), decision: { kind: 'accept' } },
    ]
    expect(walk(...fetching, heard(aSecureInvitation())).effects).toEqual([])
    expect(walk(...fetching, heard(survivors())).effects).toEqual([])
    expect(workOf(...fetching, heard(survivors()))?.is).toBe('fetching')
  })

  test.each([
    ['in no round', onTheLine],
    ['in another', inSession],
  ] as const)('a question of a round that it is not in is answered once each time, %s', (_, strides) => {
    const failed = { type: 'failed', round: round(7), reason: 'aborted' } as const
    expect(walk(...strides, heard(survivors(7))).effects).toEqual([{ type: 'send', message: failed }])
    expect(walk(...strides, heard(survivors(7)), heard(confirmations(7))).effects).toEqual([
      { type: 'send', message: failed },
    ])
  })
})

describe('[S6] the deadline of an invitation to a secure round is that of its first step', () => {
  const late = (at: number): Stride => ({ happening: { type: 'time-passed' }, at })

  test('who has not joined by then is out of it', () => {
    const training = inSession.slice(0, -1)
    expect(types(walk(...training, late(70_000)).effects)).toEqual(['tell', 'drop', 'send'])
  })

  test('who has joined trains on: the session says when training is over', () => {
    expect(walk(...inSession, late(70_000)).effects).toEqual([])
    expect(workOf(...inSession, late(8 * DAY_MS))?.is).toBe('training')
  })

  test.each([
    ['training', inSession],
    ['unmasking', unmasking],
  ] as const)('a coordinator that never ends the session is left long after, while %s', (_, strides) => {
    const due = wakeAt(walk(...strides).state) ?? Number.NaN
    // No task file gives the later steps more than ten days together.
    expect(due).toBeGreaterThan(10 * DAY_MS)
    expect(walk(...strides, late(due - 1)).effects).toEqual([])
    const { effects, state } = walk(...strides, late(due))
    expect(types(effects)).toEqual(['tell', 'drop', 'send'])
    expect(statusOf(state)).toEqual({ is: 'waiting' })
  })
})

describe('[R24] an acknowledged vector', () => {
  test('is told as submitted, and its session is kept for what opens the sum', () => {
    const { effects, state } = walk(...unmasking)
    expect(effects).toEqual([{ type: 'tell', notice: { type: 'submitted', round: round(1) } }])
    expect(statusOf(state)).toEqual({ is: 'unmasking', round: round(1), online: true })
  })

  test('is done with when the round ends', () => {
    const outcome = { kind: 'completed', version: version(2) } as const
    const ended = heard({ type: 'round-ended', round: round(1), outcome })
    expect(walk(...unmasking, ended).effects).toEqual([
      { type: 'tell', notice: { type: 'round-ended', round: round(1), outcome } },
      { type: 'drop', round: round(1) },
      { type: 'send', message: { type: 'check-in', task } },
    ])
    expect(walk(...unmasking, ended, heard(survivors())).effects).toEqual([
      { type: 'send', message: { type: 'failed', round: round(1), reason: 'aborted' } },
    ])
  })

  test('is done with when another round asks for this client', () => {
    expect(types(walk(...unmasking, heard(anInvitation(2))).effects)).toEqual(['tell', 'drop', 'ask'])
  })

  test('is done with when the client leaves, which owes no update', () => {
    const { effects } = walk(...unmasking, { type: 'leave' })
    expect(said(effects)).toEqual([{ type: 'leave', task }])
    expect(types(effects)).toEqual(['send', 'drop', 'hang-up'])
  })

  test('is not uploaded again, whatever comes', () => {
    for (const event of [
      heard(aSecureInvitation()),
      { type: 'acknowledged', round: round(1) },
      { type: 'sealed', round: round(1) },
    ] satisfies Happening[])
      expect(types(walk(...unmasking, event).effects)).not.toContain('upload')
    expect(types(walk(...unmasking, ...lineBack).effects)).not.toContain('upload')
  })
})

describe('a session that is left', () => {
  test('before it has begun has given nothing away but that', () => {
    const { effects } = walk(...inSession.slice(0, -1), left('no'))
    expect(told(effects)).toEqual([
      { type: 'failed', round: round(1), reason: 'privacy-floor', detail: 'below-floor' },
    ])
    expect(said(effects)).toEqual([
      { type: 'failed', round: round(1), reason: 'privacy-floor' },
      { type: 'check-in', task },
    ])
  })

  test.each(STAGES.slice(0, 2))('while %s fails the round', (_, strides) => {
    const { effects } = walk(...strides, left('yes'))
    expect(told(effects)).toEqual([
      { type: 'failed', round: round(1), reason: 'secure-aggregation', detail: 'out-of-turn' },
    ])
    expect(types(effects)).toEqual(['tell', 'send', 'drop', 'send'])
    expect(said(walk(...strides, left('yes'), ...lineBack, heard(aSecureInvitation())).effects)).toEqual([
      { type: 'failed', round: round(1), reason: 'secure-aggregation' },
    ])
  })

  test('once the vector is in takes nothing back, and is told as a problem', () => {
    const { effects } = walk(...unmasking, left('yes'))
    expect(told(effects)).toEqual([
      { type: 'problem', code: 'session-left', detail: `${round(1)}: out-of-turn` },
    ])
    expect(types(effects)).toEqual(['tell', 'drop', 'send'])
  })

  test('of a round that has passed is nothing', () => {
    const gone: Stride[] = [...inSession, heard(anInvitation(2, { session: aSession('of 2') }))]
    for (const event of [
      left('yes'),
      { type: 'session-says', round: round(1), message: refuse },
      { type: 'session-moved', round: round(1), step: 'shared' },
    ] satisfies Happening[])
      expect(walk(...gone, event)).toMatchObject({ effects: [], state: walk(...gone).state })
    expect(walk(join, left('yes')).effects).toEqual([])
  })
})
