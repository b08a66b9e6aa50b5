import { TaskCheckView } from '@tributary/protocols/rest'
import { virtualClock } from '@tributary/protocols/runtime'
import type { TaskFileInput } from '@tributary/protocols/task'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { NOON } from '../adapters/contracts/arrange.ts'
import { memoryBlobs } from '../adapters/memory/memory-blobs.ts'
import { openSqliteStore } from '../adapters/sqlite/sqlite-store.ts'
import { aServer, json, type TestServer } from '../http/http.builders.ts'
import type { Store } from '../ports/store.ts'
import { createTaskService } from './task-service.ts'

let store: Store
let server: TestServer
beforeEach(async () => {
  store = await openSqliteStore({ path: ':memory:' })
  const tasks = createTaskService({
    clock: virtualClock(NOON),
    store,
    models: memoryBlobs(),
    dueAt: async () => undefined,
    changed: async () => {},
    rounds: { abandon: () => Promise.reject(new Error('no round is to be abandoned')) },
  })
  server = await aServer({ tasks })
})
afterEach(async () => {
  await server.close()
  await store.close()
})

const aFile = (more: Partial<TaskFileInput> = {}): TaskFileInput => ({
  id: 'digits',
  model: {
    format: 'custom',
    trainer: 'linear',
    tensors: [{ name: 'w', shape: [30, 20], dtype: 'F32' }],
    initial: { kind: 'seeded', seed: 7 },
  },
  plan: {
    epochs: 1,
    batchSize: 10,
    optimizer: { name: 'sgd', learningRate: 0.1 },
    loss: 'mean-squared-error',
  },
  cohort: { target: 10, quorum: 5 },
  ...more,
})

const post = async (path: string, body: unknown, token = 'tro_operator') => {
  const response = await server.ask(`/api/v1${path}`, { method: 'POST', token, ...json(body) })
  return { status: response.status, body: await response.json() }
}
const check = async (body: unknown) => {
  const answer = await post('/task-checks', body)
  expect(answer.status).toBe(200)
  return TaskCheckView.parse(answer.body)
}

describe('a task file that is checked', () => {
  test('has a size where it would be taken, and no task is made', async () => {
    const { mistakes, size } = await check(aFile())
    expect(mistakes).toEqual([])
    expect(size).toMatchObject({ parameters: 600 })
    expect(size?.bytesDown).toBeGreaterThan(2_400)
    expect(size?.bytesUp).toBeGreaterThan(2_400)
    expect(await store.tasks.list({ limit: 9 })).toEqual([])
    expect(await store.audit({ limit: 9 })).toEqual([])
  })

  test('sends less where its clients compress, and as many bits as its mask has where it is summed so', async () => {
    const up = async (more: Partial<TaskFileInput>) => {
      const { mistakes, size } = await check(aFile(more))
      if (!size) throw new Error(JSON.stringify(mistakes))
      return size.bytesUp
    }
    const plain = await up({})
    expect(await up({ compression: { bits: 8 } })).toBeLessThan(plain / 2)
    const masked = await up({ privacy: { mode: 'secure-aggregation', audience: 'demo', bits: 32 } })
    expect(masked).toBeGreaterThan(2_400)
    expect(await up({ privacy: { mode: 'secure-aggregation', audience: 'demo', bits: 24 } })).toBeLessThan(
      masked,
    )
  })

  /** Each of these is found by another part of what looks at task files. */
  const BAD: [string, unknown][] = [
    ['nothing', {}],
    ['a list', []],
    ['a text', 'digits'],
    ['a number', 7],
    ['null', null],
    ['a field that there is not', { ...aFile(), colour: 'blue' }],
    ['a quorum beyond the target', aFile({ cohort: { target: 2, quorum: 5 } })],
    ['an hour that never comes', aFile({ schedule: { kind: 'cron', expression: '0 0 31 2 *' } })],
    [
      'a budget for no round',
      aFile({
        privacy: {
          mode: 'sealed',
          differentialPrivacy: {
            mechanism: 'central',
            budget: { epsilon: 0.001, delta: 1e-9 },
            participation: { most: 1_000 },
            noiseMultiplier: 0.1,
            clipping: { kind: 'fixed', clipNorm: 1 },
          },
        },
      }),
    ],
    [
      'a strategy that cannot do with the plan',
      aFile({
        strategy: { name: 'scaffold', population: 100 },
        plan: { ...aFile().plan, optimizer: { name: 'sgd', learningRate: 0.1, momentum: 0.9 } },
      }),
    ],
    [
      'two mistakes that wait for each other',
      { ...aFile(), schedule: { kind: 'cron', expression: 'soon' }, cohort: { target: 0, quorum: 0 } },
    ],
  ]

  test.each(BAD)('with %s has the mistakes that making it is refused for', async (_, body) => {
    const made = await post('/tasks', body)
    expect(made.status).toBe(400)
    const { mistakes, size } = await check(body)
    expect(mistakes).toEqual(made.body.mistakes)
    expect(mistakes.length).toBeGreaterThan(0)
    expect(size).toBeNull()
  })

  test('whose id is taken says so, beside whatever else is wrong', async () => {
    expect((await post('/tasks', aFile())).status).toBe(201)
    const taken = { path: 'id', message: 'there is a task digits already: choose another id' }
    expect(await check(aFile())).toEqual({ mistakes: [taken], size: null })
    expect((await post('/tasks', aFile())).body).toMatchObject({ detail: taken.message })
    const { mistakes } = await check({ ...aFile(), plan: undefined })
    expect(mistakes).toContainEqual(taken)
    expect(mistakes.map(({ path }) => path)).toContain('plan')
  })

  test('is JSON, no larger than a task file may be, from an operator', async () => {
    expect((await post('/task-checks', aFile(), 'tro_viewer')).status).toBe(403)
    expect((await post('/task-checks', aFile(), '')).status).toBe(401)
    const raw = async (body: string, type = 'application/json') =>
      (await server.ask('/api/v1/task-checks', { method: 'POST', body, headers: { 'content-type': type } }))
        .status
    expect(await raw('{"id":')).toBe(400)
    expect(await raw('id: digits', 'text/yaml')).toBe(415)
    expect(await raw(JSON.stringify({ title: 'x'.repeat(4 * 1_024 * 1_024) }))).toBe(413)
  })
})
