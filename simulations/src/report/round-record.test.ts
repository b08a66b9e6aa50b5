import { describe, expect, it } from 'vitest'
import { type RoundEvent, type RoundRecord, recordEvent } from './round-record.ts'

const after = (...events: RoundEvent[]) =>
  events.reduce<RoundRecord | undefined>((record, event) => recordEvent(record, event), undefined)
const opened = { type: 'round-opened', round: 3, cohort: 2 } as const
const update = { type: 'update-received', round: 3, bytes: 400 } as const
const completed = { type: 'round-completed', round: 3, seconds: 2, loss: 0.5 } as const

describe('the record of a round', () => {
  it('counts updates and bytes both ways until it ends', () => {
    const sent = { type: 'model-sent', round: 3, bytes: 1000 } as const
    expect(after(opened, sent, sent, update, completed)).toEqual({
      round: 3,
      cohort: 2,
      updates: 1,
      bytesUp: 400,
      bytesDown: 2000,
      outcome: { type: 'completed', seconds: 2, loss: 0.5, accuracy: undefined },
    })
  })

  it('counts a late update and stays ended', () => {
    expect(after(opened, completed, update)).toMatchObject({ updates: 1, outcome: { type: 'completed' } })
  })

  it.each([
    ['an event before it opens', [update], "round 3 reported 'update-received' before 'round-opened'"],
    ['a second opening', [opened, opened], 'round 3 was opened twice'],
    ['a second end', [opened, completed, completed], 'round 3 ended twice'],
  ])('refuses %s', (_, events, message) => {
    expect(() => after(...events)).toThrow(message)
  })
})
