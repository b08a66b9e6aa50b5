import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { aLiveCoordinator, answering, aStandIn, type Live, lineTo } from './remote-line.builders.ts'

let live: Live
beforeEach(async () => {
  live = await aLiveCoordinator()
  await live.makeTask()
})
afterEach(() => live[Symbol.asyncDispose]())

test('a round is begun, shown, abandoned with a reason, and listed', async () => {
  expect((await live.run('rounds', 'list', 'line')).out).toContain(
    '`tributary rounds trigger line` begins one',
  )
  const begun = await live.run('rounds', 'trigger', 'line')
  expect(begun).toMatchObject({ code: 0, err: '' })
  expect(begun.out).toMatch(/^Round line\.1 has begun\./)
  expect((await live.run('rounds', 'show', 'line.1')).out).toMatch(
    /phase {9}selecting, 1 wanted[\s\S]*Nobody was invited/,
  )
  expect(await live.run('rounds', 'abandon', 'line.1', '--reason', 'wrong data')).toEqual({
    code: 0,
    out: 'Round line.1 was abandoned: operator, wrong data.\n',
    err: '',
  })
  const [round, ...others] = await live.json('rounds', 'list', 'line')
  expect(round).toMatchObject({ id: 'line.1', phase: 'abandoned', detail: 'wrong data' })
  expect(others).toEqual([])
})

test('what the state of things does not allow ends with 5 and the next step', async () => {
  await live.run('rounds', 'trigger', 'line')
  const open = await live.run('rounds', 'trigger', 'line')
  expect(open.code).toBe(5)
  expect(open.err).toContain('→ Watch it with `tributary rounds watch <task>`')
  await live.run('rounds', 'abandon', 'line.1', '--reason', 'enough')
  const over = await live.run('rounds', 'abandon', 'line.1', '--reason', 'again')
  expect(over.code).toBe(5)
  expect(over.err).toContain('→ See how it ended')
})

test.each([
  [['abandon', 'line.1'], '--reason is missing: say why'],
  [['abandon', '1', '--reason', 'x'], '<round> a round id is its task, a dot and its number'],
  [['watch', 'line', '--every', '0'], '--every must be seconds, 0.1 to 3600'],
  [['watch'], '<task> is missing'],
])('rounds %j is a wrong line', async (words, reason) => {
  const { code, err } = await live.run('rounds', ...words)
  expect(code).toBe(2)
  expect(err).toContain(reason)
})

test('an unknown round ends with 4', async () => {
  expect(await live.run('rounds', 'show', 'line.7')).toMatchObject({ code: 4, out: '' })
})

/** A round as a server tells it. */
const aRound = (number: number, more: object = { phase: 'selecting', wanted: 2 }) => ({
  id: `line.${number}`,
  task: 'line',
  number,
  base: { version: number, digest: `sha256:${'a'.repeat(64)}` },
  assignment: `sha256:${'b'.repeat(64)}`,
  openedAt: '2026-03-01T09:30:00.000Z',
  deadlineAt: '2026-03-01T09:31:00.000Z',
  ...more,
})
const tally = (received: number, more: object = {}) => ({
  invited: 2,
  accepted: 2,
  declined: 0,
  failed: 0,
  received,
  ...more,
})
const training = (received: number) => ({
  phase: 'training',
  tally: tally(received),
  startedAt: '2026-03-01T09:30:00.000Z',
})
const completed = {
  phase: 'completed',
  tally: tally(2),
  version: { version: 2, digest: `sha256:${'c'.repeat(64)}`, bytes: 1_400_000 },
  examples: 70,
  metrics: { loss: 0.251999 },
  endedAt: '2026-03-01T09:30:40.000Z',
}
const abandoned = {
  phase: 'abandoned',
  tally: tally(1),
  reason: 'quorum-not-met',
  detail: '1 of 2',
  endedAt: '2026-03-01T09:30:40.000Z',
}

/** A server that shows these lists of rounds, one at each look, and then the last again and again. */
const aShow = (looks: readonly (readonly object[])[]) => {
  let at = 0
  return aStandIn(
    answering(() => {
      const items = looks[Math.min(at, looks.length - 1)]
      at++
      return { items, nextCursor: null }
    }),
  )
}

const FAST = ['--every', '0.1']

describe('watch', () => {
  const withoutTimes = (out: string): string[] =>
    out
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ /, ''))

  test('tells what happens, a line each, and ends with the round: 0 where it completed', async () => {
    await using show = await aShow([
      [],
      [aRound(1)],
      [aRound(1, training(0))],
      [aRound(1, training(1))],
      [aRound(1, { phase: 'aggregating', tally: tally(2) })],
      [aRound(1, completed)],
    ])
    const { code, out, err } = await lineTo(show.url, 'tro_x').run(
      'rounds',
      'watch',
      'line',
      '--once',
      ...FAST,
    )
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(withoutTimes(out)).toEqual([
      'Task line had no round yet; waiting for the first.',
      'Round line.1 has begun from version 1: selecting, 2 wanted.',
      'Round line.1: training, 0 of 2.',
      'Round line.1: 1 more received (1 of 2).',
      'Round line.1: aggregating.',
      'Round line.1 is completed: 2 updates of 2 clients made version 2 (loss 0.252).',
    ])
  })

  test('ends with 1 where the round was abandoned', async () => {
    await using show = await aShow([[aRound(1, training(1))], [aRound(1, abandoned)]])
    const { code, out } = await lineTo(show.url, 'tro_x').run('rounds', 'watch', 'line', '--once', ...FAST)
    expect(code).toBe(1)
    expect(out).toContain('Round line.1 was abandoned: quorum-not-met, 1 of 2.')
  })

  test('waits for the next round where the newest is over, and sees one that began and ended between two looks', async () => {
    await using show = await aShow([[aRound(1, abandoned)], [aRound(2, completed), aRound(1, abandoned)]])
    const { code, out } = await lineTo(show.url, 'tro_x').run('rounds', 'watch', 'line', '--once', ...FAST)
    expect(code).toBe(0)
    expect(withoutTimes(out)).toEqual([
      'Round line.1 was abandoned: quorum-not-met, 1 of 2. Waiting for the next.',
      expect.stringMatching(/^Round line\.2 has begun from version 2/),
      expect.stringMatching(/^Round line\.2 is completed/),
    ])
  })

  test('gives each new state as a line of JSON', async () => {
    await using show = await aShow([
      [aRound(1)],
      [aRound(1)],
      [aRound(1, training(1))],
      [aRound(1, completed)],
    ])
    const { code, out } = await lineTo(show.url, 'tro_x').run(
      'rounds',
      'watch',
      'line',
      '--once',
      '--json',
      ...FAST,
    )
    expect(code).toBe(0)
    const phases = out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line).phase)
    expect(phases).toEqual(['selecting', 'training', 'completed'])
  })

  test('draws in place on a terminal, within its width', async () => {
    await using show = await aShow([[aRound(1, training(1))], [aRound(1, completed)]])
    const { out } = await lineTo(show.url, 'tro_x').runIn(
      { screen: { isTerminal: true, columns: 60 }, env: { NO_COLOR: '1' } },
      ...['rounds', 'watch', 'line', '--once', ...FAST],
    )
    const frames = out.split('\u001b[0J').slice(1)
    expect(frames).toHaveLength(2)
    const lines = (frames[0] ?? '').split('\n')
    expect(lines[0]).toBe('line.1  training, 1 of 2')
    expect(lines[1]).toMatch(/^ {2}█{15}░{15} {2}received 1 of 2 {2}0:00/)
    expect(Math.max(...lines.map((line) => [...line].length))).toBeLessThan(60)
    // It goes up as many lines as it drew.
    expect(frames[0]).toContain(`\u001b[${lines.length - 1}A`)
    expect(frames[1]).toContain('line.1  completed, version 2')
  })

  test('goes on until Ctrl-C, which ends it with 130', async () => {
    await live.run('rounds', 'trigger', 'line')
    const ctrlC = new AbortController()
    const { code, out } = await live.runIn(
      {
        interruption: ctrlC.signal,
        printed: (text) => {
          if (text.includes('has begun')) setTimeout(() => ctrlC.abort(), 150)
        },
      },
      ...['rounds', 'watch', 'line', ...FAST],
    )
    expect(code).toBe(130)
    expect(withoutTimes(out)).toEqual(['Round line.1 has begun from version 1: selecting, 1 wanted.'])
  })

  test('says that the server went away, once, and goes on when it is back', async () => {
    const first = await aShow([[aRound(1, training(1))]])
    const { port } = first
    let back: Awaited<ReturnType<typeof aStandIn>> | undefined
    const { code, out } = await lineTo(first.url, 'tro_x').runIn(
      {
        printed: (text) => {
          if (text.includes('has begun')) void first[Symbol.asyncDispose]()
          if (text.includes('is away'))
            setTimeout(async () => {
              back = await aStandIn(
                answering(() => ({ items: [aRound(1, completed)], nextCursor: null })),
                port,
              )
            }, 400)
        },
      },
      ...['rounds', 'watch', 'line', '--once', ...FAST],
    )
    await back?.[Symbol.asyncDispose]()
    expect(code).toBe(0)
    expect(withoutTimes(out)).toEqual([
      'Round line.1 has begun from version 1: training, 1 of 2.',
      expect.stringMatching(/^The coordinator is away: http:\S+ cannot be reached: .* Trying on\.$/),
      'The coordinator answers again.',
      expect.stringMatching(/^Round line\.1 is completed/),
    ])
  })

  test('ends where it may not look: an unknown task 4, no server from the start 6', async () => {
    expect(await live.run('rounds', 'watch', 'nope')).toMatchObject({ code: 4, out: '' })
    expect(await lineTo('http://127.0.0.1:9', 'tro_x').run('rounds', 'watch', 'line')).toMatchObject({
      code: 6,
    })
  })
})

test('a round that is triggered can be waited for', async () => {
  const waiting = live.run('rounds', 'trigger', 'line', '--wait', ...FAST)
  while ((await live.run('rounds', 'abandon', 'line.1', '--reason', 'enough')).code !== 0);
  const { code, out } = await waiting
  expect(code).toBe(1)
  expect(out).toContain('Round line.1 was abandoned: operator, enough.')
})
