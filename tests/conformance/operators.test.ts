import { PROBLEM_MEDIA_TYPE, pageOf, problemType } from '@tributary/protocols/rest'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import * as z from 'zod'
import { operatorOf } from '../fleet/operator.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

const aTaskFile = (id: string) =>
  vectorTask({ id, clients: 1, tensors: [{ name: 'w', shape: [2], dtype: 'F32' }] })

const ofRole = async (role: 'viewer' | 'operator') => {
  const { body } = await coordinator.operator.call('POST', '/api/v1/operator-tokens', { name: role, role })
  return operatorOf(coordinator.url, z.object({ token: z.string() }).parse(body).token)
}

describe('[H1] a request of an operator', () => {
  test('is unauthenticated without a known token, and forbidden beyond its role', async () => {
    const bare = await fetch(`${coordinator.url}/api/v1/tasks`)
    expect([bare.status, bare.headers.get('www-authenticate')]).toEqual([401, 'Bearer realm="tributary"'])
    const [viewer, operator] = [await ofRole('viewer'), await ofRole('operator')]
    const statuses = async (of: typeof viewer) => [
      (await of.call('GET', '/api/v1/tasks')).status,
      (await of.call('POST', '/api/v1/tasks', aTaskFile(`by-${Math.random().toString(36).slice(2)}`))).status,
      (await of.call('POST', '/api/v1/operator-tokens', { name: 'more', role: 'admin' })).status,
    ]
    expect(await statuses(viewer)).toEqual([200, 403, 403])
    expect(await statuses(operator)).toEqual([200, 201, 403])
    expect(await statuses(coordinator.operator)).toEqual([200, 201, 201])
  })
})

describe('[H2] a refusal', () => {
  test('is a problem that names every mistake, and nothing has been done', async () => {
    const file = { ...aTaskFile('refused'), schedule: { kind: 'cron', expression: '61 * * * *' } }
    const { status, headers, body } = await coordinator.operator.call('POST', '/api/v1/tasks', file)
    expect([status, headers.get('content-type')]).toEqual([400, expect.stringContaining(PROBLEM_MEDIA_TYPE)])
    expect(body).toMatchObject({
      type: problemType('invalid'),
      status: 400,
      instance: '/api/v1/tasks',
      mistakes: [{ path: 'schedule.expression' }],
    })
    expect((await coordinator.operator.call('GET', '/api/v1/tasks/refused')).status).toBe(404)
  })
})

test('[H3] a list is read to its end page by page, each item once', async () => {
  for (const id of ['page-a', 'page-b', 'page-c', 'page-d', 'page-e'])
    await coordinator.operator.createTask(aTaskFile(id))
  const Page = pageOf(z.object({ id: z.string() }))
  const found: string[] = []
  let pages = 0
  for (let cursor: string | null = ''; cursor !== null; pages++) {
    const query: string = cursor === '' ? '' : `&cursor=${cursor}`
    const page = Page.parse((await coordinator.operator.call('GET', `/api/v1/tasks?limit=2${query}`)).body)
    expect(page.items.length).toBeLessThanOrEqual(2)
    found.push(...page.items.map(({ id }) => id))
    cursor = page.nextCursor
  }
  expect(pages).toBeGreaterThan(2)
  expect(found).toEqual([...new Set(found)].sort())
  expect(found.filter((id) => id.startsWith('page-')).length).toBe(5)
  expect((await coordinator.operator.call('GET', '/api/v1/tasks?limit=201')).status).toBe(400)
})

test('[H4] a request under the key of an earlier one is answered with what that made, another request is refused', async () => {
  const ask = (uses: number, key: string) =>
    coordinator.operator.call(
      'POST',
      '/api/v1/enrolment-tokens',
      { name: 'phones', uses },
      { 'idempotency-key': key },
    )
  const first = await ask(3, 'a-key')
  expect(first.status).toBe(201)
  expect((await ask(3, 'a-key')).body).toEqual(first.body)
  expect((await ask(3, 'another-key')).body).not.toEqual(first.body)
  const other = await ask(4, 'a-key')
  expect([other.status, other.body]).toEqual([
    422,
    expect.objectContaining({ type: problemType('idempotency-mismatch') }),
  ])
  expect((await ask(3, 'two words')).status).toBe(400)
})
