import { OverviewView, TaskMetricsPage, TaskPrivacyView } from '@tributary/protocols/rest'
import type { TaskFileInput } from '@tributary/protocols/task'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  aClient,
  aLedger,
  anInvited,
  aRoundId,
  aSelecting,
  aTaskId,
  aTraining,
} from '../adapters/contracts/arrange.ts'
import {
  aClientId,
  anUpdate,
  aRoundThatEnded,
  aTaskWithModel,
  aWatchedCoordinator,
  NOON,
} from './insight.builders.ts'

let watched: Awaited<ReturnType<typeof aWatchedCoordinator>>
beforeEach(async () => {
  watched = await aWatchedCoordinator()
})
afterEach(() => watched[Symbol.asyncDispose]())

const threeRounds = async () => {
  await watched.commit(...aTaskWithModel())
  for (const number of [1, 2, 3]) {
    const round = aRoundId('digits', number)
    const members = [0.2, 0.4, 0.9].map((loss, index) => anUpdate(index, round, { loss: loss * number }))
    await watched.commit(
      ...aRoundThatEnded('digits', number, {
        phase: number === 3 ? 'abandoned' : 'completed',
        members: number === 3 ? [anInvited(1, round)] : members,
      }),
    )
  }
}

describe('the metrics of a task', () => {
  const metricsAt = async (query = '') =>
    TaskMetricsPage.parse((await watched.read(`/tasks/digits/metrics?${query}`)).body)

  test('come newest first, with how they lie over the clients, page by page', async () => {
    await threeRounds()
    const page = await metricsAt('limit=2')
    expect(page.items).toEqual([
      expect.objectContaining({
        number: 3,
        outcome: 'abandoned',
        version: null,
        means: {},
        bands: {},
        bytes: 0,
      }),
      {
        round: 'digits.2',
        number: 2,
        outcome: 'completed',
        version: 3,
        openedAt: '2026-01-15T12:02:00.000Z',
        endedAt: '2026-01-15T12:02:30.000Z',
        received: 6,
        invited: 10,
        examples: 600,
        bytes: 1_200_000,
        means: { loss: 0.25, accuracy: 0.875 },
        bands: {
          loss: {
            clients: 3,
            min: 0.4,
            p10: expect.closeTo(0.48),
            median: 0.8,
            p90: expect.closeTo(1.6),
            max: 1.8,
          },
        },
      },
    ])
    expect(await metricsAt(`limit=2&cursor=${page.nextCursor}`)).toMatchObject({
      items: [{ number: 1 }],
      nextCursor: null,
    })
  })

  test('leave out the round that is open, and page over it', async () => {
    await threeRounds()
    await watched.commit({ kind: 'insert-round', round: { ...aSelecting('digits', 4), openedAt: NOON } })
    const first = await metricsAt('limit=1')
    expect(first.items.map(({ number }) => number)).toEqual([3])
    const rest = await metricsAt(`limit=9&cursor=${first.nextCursor}`)
    expect(rest.items.map(({ number }) => number)).toEqual([2, 1])
    expect((await metricsAt('limit=3')).nextCursor).toBeNull()
  })

  test('of a round that ended are read once', async () => {
    await threeRounds()
    await metricsAt()
    expect(watched.counted.membersRead).toBe(3)
    await metricsAt()
    await watched.server.ask('/api/v1/tasks/digits/metrics.csv')
    expect(watched.counted.membersRead).toBe(3)
  })

  test('show no client’s own numbers where the round hides them', async () => {
    await watched.commit(...aTaskWithModel())
    const round = aRoundId('digits', 1)
    const [ended, ...members] = aRoundThatEnded('digits', 1, {
      members: [anUpdate(0, round, { loss: 1 }), anUpdate(1, round, { loss: 2 })],
    })
    if (ended?.kind !== 'insert-round') throw new Error('the round comes first')
    const privacy = {
      epsilon: 2,
      delta: 1e-5,
      unit: 'client',
      relation: 'zero-out',
      sampling: { kind: 'none' },
      participation: { most: 3, between: 1 },
      accountant: 'exact-gaussian',
      rounds: 1,
    } as const
    await watched.commit({ ...ended, round: { ...ended.round, privacy } }, ...members)
    const [hidden] = (await metricsAt()).items
    expect(hidden).toMatchObject({ means: { loss: 0.25 } })
    expect(hidden?.bands).toEqual({})
  })

  test('a task that is not there is not found, nor a cursor of another list taken', async () => {
    for (const path of ['metrics', 'metrics.csv', 'privacy'])
      expect((await watched.read(`/tasks/letters/${path}`)).status).toBe(404)
    await watched.commit(...aTaskWithModel())
    const wrong = await watched.read(
      `/tasks/digits/metrics?cursor=${Buffer.from('"x"').toString('base64url')}`,
    )
    expect(wrong).toMatchObject({ status: 400, body: { mistakes: [{ path: 'query.cursor' }] } })
    expect((await watched.read('/tasks/digits/metrics?limit=201')).status).toBe(400)
  })
})

describe('the metrics of a task as CSV', () => {
  const csv = async () => {
    const response = await watched.server.ask('/api/v1/tasks/digits/metrics.csv', { token: 'tro_viewer' })
    return { response, lines: (await response.text()).split('\r\n') }
  }

  test('are a file with a line for each round and metric', async () => {
    await threeRounds()
    const { response, lines } = await csv()
    expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="digits-metrics.csv"')
    expect(response.headers.get('x-content-type-options')).toBe('nosniff')
    expect(lines).toHaveLength(7)
    expect(lines[0]).toBe(
      'round,number,outcome,version,opened_at,ended_at,invited,received,examples,bytes,metric,mean,clients,min,p10,median,p90,max',
    )
    const times = '2026-01-15T12:02:00.000Z,2026-01-15T12:02:30.000Z'
    expect(lines.slice(1, 4)).toEqual([
      'digits.3,3,abandoned,,2026-01-15T12:03:00.000Z,2026-01-15T12:03:30.000Z,10,6,0,0,,,,,,,,',
      `digits.2,2,completed,3,${times},10,6,600,1200000,accuracy,0.875,,,,,,`,
      expect.stringMatching(`^digits.2,2,completed,3,${times},10,6,600,1200000,loss,0.25,3,0.4,`),
    ])
    for (const line of lines.slice(0, -1)) expect(line.split(',')).toHaveLength(18)
    expect(lines.at(-1)).toBe('')
  })

  test('run nothing in a spreadsheet, whatever clients call their metrics', async () => {
    await watched.commit(...aTaskWithModel())
    const names = { '=1+1': 1, '@cmd': 2, 'a,"b"\r\nc': 3, '<script>': 4 }
    await watched.commit(
      ...aRoundThatEnded('digits', 1, { members: [anUpdate(0, aRoundId('digits', 1), names)] }),
    )
    const { lines } = await csv()
    const text = lines.join('\r\n')
    expect(text).toContain(`,'=1+1,`)
    expect(text).toContain(`,'@cmd,`)
    expect(text).toContain(',"a,""b""\r\nc",')
  })

  test('go on over pages, are one at a time, and nobody without a token gets them', async () => {
    await watched.commit(...aTaskWithModel())
    await watched.commit(
      ...Array.from({ length: 250 }, (_, index) =>
        aRoundThatEnded('digits', index + 1, { phase: 'abandoned' }),
      ).flat(),
    )
    expect((await csv()).lines).toHaveLength(252)
    expect((await watched.server.ask('/api/v1/tasks/digits/metrics.csv', { token: '' })).status).toBe(401)
  })
})

describe('the privacy of a task', () => {
  test('of one that promises none is nothing', async () => {
    await watched.commit(...aTaskWithModel())
    expect(TaskPrivacyView.parse((await watched.read('/tasks/digits/privacy')).body)).toEqual({
      budget: null,
      spent: null,
      roundsLeft: null,
      secureAggregation: false,
    })
  })

  test('is its budget, what was charged and what is left', async () => {
    const privacy: TaskFileInput['privacy'] = {
      mode: 'sealed',
      differentialPrivacy: {
        mechanism: 'central',
        budget: { epsilon: 8, delta: 1e-5 },
        participation: { most: 3, between: 1 },
        noiseMultiplier: 1,
        clipping: { kind: 'fixed', clipNorm: 1 },
      },
    }
    await watched.commit(...aTaskWithModel('digits', { file: { privacy } }))
    const read = async () => TaskPrivacyView.parse((await watched.read('/tasks/digits/privacy')).body)
    expect(await read()).toMatchObject({ budget: { epsilon: 8, delta: 1e-5 }, spent: null })
    await watched.commit({ kind: 'save-ledger', task: aTaskId(), ledger: aLedger(2) })
    expect(await read()).toMatchObject({ spent: { rounds: 2, unit: 'client' } })
  })
})

describe('the overview', () => {
  const overview = async () => OverviewView.parse((await watched.read('/overview')).body)

  test('of nothing is zeros', async () => {
    expect(await overview()).toEqual({
      at: '2026-01-15T12:00:00.000Z',
      fleet: { enrolled: 0, revoked: 0, withdrawn: 0, online: 0, waiting: 0, working: 0 },
      tasks: { active: 0, paused: 0, finished: 0 },
      openRounds: [],
      newestModels: [],
      alerts: [],
    })
  })

  test('counts the fleet, tasks and rounds, and shows the newest of each', async () => {
    await watched.enrol(20)
    await watched.commit(
      { kind: 'save-client', client: aClient(3, { status: 'revoked' }) },
      ...['digits', 'letters', 'words', 'sounds'].flatMap((id) => aTaskWithModel(id)),
    )
    const tally = { invited: 10, accepted: 8, declined: 1, failed: 1, received: 6 }
    for (const [index, id] of ['digits', 'letters'].entries())
      await watched.commit({
        kind: 'insert-round',
        round: { ...aTraining(id, 1), openedAt: NOON + index, tally },
      })
    const [words] = aTaskWithModel('words', { status: 'paused' })
    if (words?.kind !== 'insert-task') throw new Error('the task comes first')
    await watched.commit({ kind: 'save-task', task: words.task })
    await watched.commit({
      kind: 'save-task',
      task: { ...words.task, id: aTaskId('sounds'), status: 'finished' },
    })
    for (const index of [4, 5, 6, 7, 8, 9]) watched.join(aClientId(index), 'digits', 'words')
    watched.join(aClientId(10))

    const view = await overview()

    // Of the six that wait, each for two tasks, four are awaited by the two rounds.
    expect(view.fleet).toEqual({ enrolled: 19, revoked: 1, withdrawn: 0, online: 7, waiting: 2, working: 4 })
    expect(view.tasks).toEqual({ active: 2, paused: 1, finished: 1 })
    expect(view.openRounds.map(({ id }) => id)).toEqual(['letters.1', 'digits.1'])
    expect(view.newestModels.map(({ task }) => task).toSorted()).toEqual([
      'digits',
      'letters',
      'sounds',
      'words',
    ])
  })

  test('an alert goes when its cause does', async () => {
    await watched.commit(...aTaskWithModel())
    for (const number of [1, 2, 3])
      await watched.commit(...aRoundThatEnded('digits', number, { phase: 'abandoned' }))
    expect((await overview()).alerts).toMatchObject([{ kind: 'rounds-abandoned', task: 'digits' }])
    await watched.commit({ kind: 'insert-round', round: { ...aSelecting('digits', 4), openedAt: NOON } })
    expect((await overview()).alerts).toMatchObject([{ kind: 'rounds-abandoned' }])
    await watched.commit({ kind: 'save-round', round: aRoundCompleted(4) })
    expect((await overview()).alerts).toEqual([])
  })

  test('a round that waits for clients is told of after a minute', async () => {
    await watched.commit(...aTaskWithModel(), {
      kind: 'insert-round',
      round: { ...aSelecting(), openedAt: NOON, deadlineAt: NOON + 9e6 },
    })
    expect((await overview()).alerts).toEqual([])
    watched.clock.advanceTo(NOON + 61_000)
    expect((await overview()).alerts).toMatchObject([
      { kind: 'too-few-clients', detail: expect.stringContaining('0 of 10') },
    ])
  })

  test('nobody without a token sees it', async () => {
    expect((await watched.read('/overview', { token: '' })).status).toBe(401)
    expect((await watched.read('/overview', { method: 'POST' })).status).toBe(405)
  })
})

const aRoundCompleted = (number: number) => {
  const [ended] = aRoundThatEnded('digits', number)
  if (ended?.kind !== 'insert-round') throw new Error('the round comes first')
  return ended.round
}

describe('the process', () => {
  test('that answers late, on a disk that is nearly full, is told of first', async () => {
    await watched[Symbol.asyncDispose]()
    watched = await aWatchedCoordinator({
      delay: { p99: 250 },
      room: { freeBytes: 1, totalBytes: 1e9 },
    })
    const { alerts } = OverviewView.parse((await watched.read('/overview')).body)
    expect(alerts.map(({ kind, severity }) => `${kind} ${severity}`)).toEqual([
      'disk-nearly-full critical',
      'event-loop-late warning',
    ])
  })
})
