import { describe, expect, it } from 'vitest'
import { createRoundDisplay } from './round-display.ts'
import type { RoundEvent } from './round-record.ts'

const aStream = (terminal: { isTTY?: boolean; columns?: number } = {}) => {
  const written: string[] = []
  return { ...terminal, written, write: (text: string) => written.push(text) }
}

const opened = (round: number, cohort = 4): RoundEvent => ({ type: 'round-opened', round, cohort })
const sent = (round: number): RoundEvent => ({ type: 'model-sent', round, bytes: 800_000 })
const update = (round: number): RoundEvent => ({ type: 'update-received', round, bytes: 400_000 })
const completed = (round: number, accuracy: number): RoundEvent => ({
  type: 'round-completed',
  round,
  seconds: 2.34,
  loss: 0.51239,
  accuracy,
})

describe('away from a terminal', () => {
  it('each round is one plain line, written when it ends', () => {
    const stream = aStream()
    const display = createRoundDisplay({ stream })
    for (const event of [opened(1), sent(1), sent(1), update(1), update(1)]) display.show(event)
    expect(stream.written).toEqual([])
    display.show(completed(1, 0.914))
    display.show(opened(2))
    display.show({ type: 'round-abandoned', round: 2, seconds: 30, reason: 'deadline\nwithout quorum' })
    expect(stream.written).toEqual([
      'round    1  ✓ 2/4 updates  0.800 MB up  1.6 MB down  loss 0.5124  accuracy 91.40 %  2.3 s\n',
      'round    2  ✗ 0/4 updates  abandoned: deadline without quorum  30.0 s\n',
    ])
  })

  it('the end is a table of every round and the trend of accuracy', () => {
    const stream = aStream()
    const display = createRoundDisplay({ stream })
    for (const [round, accuracy] of [
      [1, 0.2],
      [2, 0.95],
      [3, 0.8],
    ] as const)
      for (const event of [opened(round), sent(round), update(round), completed(round, accuracy)])
        display.show(event)
    display.show(opened(4))
    display.show({ type: 'round-abandoned', round: 4, seconds: 30, reason: 'too few clients' })
    display.show(opened(5))
    stream.written.length = 0
    display.finish()
    expect(stream.written.join('')).toBe(`
round  cohort  updates  MB up  MB down    loss  accuracy  seconds
─────  ──────  ───────  ─────  ───────  ──────  ────────  ───────
    1       4        1  0.400    0.800  0.5124   20.00 %      2.3
    2       4        1  0.400    0.800  0.5124   95.00 %      2.3
    3       4        1  0.400    0.800  0.5124   80.00 %      2.3
    4       4        0  0.000    0.000       –         –     30.0  abandoned: too few clients
    5       4        0  0.000    0.000       –         –        –  not finished

accuracy  20.00 %  ▁█▇  80.00 %  (best 95.00 %, round 2)
`)
  })

  it('a display that saw no round ends with nothing', () => {
    const stream = aStream()
    createRoundDisplay({ stream }).finish()
    expect(stream.written).toEqual([])
  })

  it('a round that was not evaluated shows no metrics', () => {
    const stream = aStream()
    const display = createRoundDisplay({ stream })
    for (const event of [
      opened(1, 1),
      update(1),
      { type: 'round-completed', round: 1, seconds: 0.05 } as const,
    ])
      display.show(event)
    expect(stream.written).toEqual(['round    1  ✓ 1/1 updates  0.400 MB up  0.000 MB down  0.1 s\n'])
  })
})

describe('on a terminal', () => {
  it('the running round is redrawn in place and replaced by its result', () => {
    const stream = aStream({ isTTY: true, columns: 100 })
    const display = createRoundDisplay({ stream, noColor: '1' })
    for (const event of [opened(1), update(1), update(1), completed(1, 0.5)]) display.show(event)
    const erase = '\r\u001b[2K'
    expect(stream.written).toEqual([
      `${erase}round    1  ░░░░░░░░░░░░░░░░░░░░░░░░  0/4 updates  0.000 MB up  0.000 MB down`,
      `${erase}round    1  ██████░░░░░░░░░░░░░░░░░░  1/4 updates  0.400 MB up  0.000 MB down`,
      `${erase}round    1  ████████████░░░░░░░░░░░░  2/4 updates  0.800 MB up  0.000 MB down`,
      erase,
      'round    1  ✓ 2/4 updates  0.800 MB up  0.000 MB down  loss 0.5124  accuracy 50.00 %  2.3 s\n',
    ])
  })

  it('a redrawn line never reaches the last column, where terminals wrap', () => {
    const stream = aStream({ isTTY: true, columns: 30 })
    createRoundDisplay({ stream, noColor: '1' }).show(opened(1))
    expect([...(stream.written[0] ?? '').replace('\r\u001b[2K', '')]).toHaveLength(29)
  })

  it('a large cohort is redrawn at most once a percent', () => {
    const stream = aStream({ isTTY: true, columns: 100 })
    const display = createRoundDisplay({ stream })
    display.show(opened(1, 10_000))
    for (let i = 0; i < 10_000; i++) display.show(update(1))
    expect(stream.written.length).toBe(101)
  })

  it('colour is there unless NO_COLOR says otherwise', () => {
    const lines = [undefined, '1'].map((noColor) => {
      const stream = aStream({ isTTY: true, columns: 100 })
      createRoundDisplay({ stream, noColor }).show(opened(1))
      return stream.written.join('').includes('\u001b[2m')
    })
    expect(lines).toEqual([true, false])
  })

  it('when one round ends while another runs, the other is drawn again below it', () => {
    const stream = aStream({ isTTY: true, columns: 100 })
    const display = createRoundDisplay({ stream, noColor: '1' })
    for (const event of [opened(1), opened(2), update(2), completed(1, 0.5)]) display.show(event)
    expect(stream.written.at(-1)).toContain('round    2  ██████░')
    display.finish()
    expect(stream.written.at(-2)).toBe('\n')
  })
})
