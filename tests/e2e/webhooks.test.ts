import { execFileSync } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { aReceiver, type Received, type Receiver } from '@tributary/coordinator/contracts'
import {
  CreatedWebhookView,
  DeliveryPage,
  type DeliveryView,
  restPaths,
  type WebhookEvent,
} from '@tributary/protocols/rest'
import { afterEach, beforeEach, describe, expect, inject, test, vi } from 'vitest'
import {
  type CoordinatorProcess,
  portToReturnTo,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { filesHolding, temporaryFolder } from '../fleet/folder-bytes.ts'
import { type Operator, operatorOf } from '../fleet/operator.ts'
import { beginRawRound } from '../fleet/raw-rounds.ts'
import { startReplicas } from '../fleet/replicas.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'
import { pythonOfTests, withoutPython } from '../interop/python.ts'

// Processes start anew, and retries and claims run out in real time.
vi.setConfig({ testTimeout: 120_000 })

const EVERYTHING: WebhookEvent[] = [
  'round.started',
  'round.completed',
  'round.abandoned',
  'model.published',
  'task.finished',
]

let receiver: Receiver
beforeEach(async () => {
  receiver = await aReceiver()
})
afterEach(() => receiver.close())

const create = async (operator: Operator, url: string, events = EVERYTHING) => {
  const { status, body } = await operator.call('POST', restPaths.webhooks, { url, name: 'a test', events })
  if (status !== 201) throw new Error(`answered ${status}: ${JSON.stringify(body)}`)
  return CreatedWebhookView.parse(body)
}
const logOf = async (operator: Operator, id: string): Promise<DeliveryView[]> =>
  DeliveryPage.parse((await operator.call('GET', `${restPaths.deliveries(id)}?limit=200`)).body).items
const typeOf = ({ body }: Received): string => JSON.parse(body).type
const received = (count: number, withinMs = 15_000) =>
  until(`${count} deliveries`, () => receiver.received.length >= count, { withinMs })

test('whoever is told of a round can check it as the guide says, in Node and in Python, and nobody else signs so', async () => {
  await using coordinator = await startCoordinator({ webhooksPrivate: 'allow' })
  const { operator, folder } = coordinator
  const { id, secret } = await create(operator, `${receiver.url}/hook`)
  await using round = await beginRawRound(coordinator)
  await round.completes()
  expect((await operator.call('PATCH', restPaths.task(round.task), { status: 'finished' })).status).toBe(200)
  await received(5)
  expect(receiver.received.map(typeOf)).toEqual([
    'model.published',
    'round.started',
    'round.completed',
    'model.published',
    'task.finished',
  ])
  const completed = JSON.parse(receiver.received[2]?.body ?? '')
  const { members: _, ...asShown } = await operator.round(round.id)
  expect(completed.data).toEqual(asShown)
  await until('the log to say so', async () =>
    (await logOf(operator, id)).every(({ status, attempts }) => status === 'delivered' && attempts === 1),
  )
  expect(await coordinator.metric('tributary_webhook_deliveries_total', { outcome: 'delivered' })).toBe(5)

  const [letter] = receiver.received
  if (!letter) throw new Error('five came')
  const at = Number(letter.headers['webhook-timestamp'])
  const forged = (headers: Record<string, string>) => ({
    ...letter,
    headers: { ...letter.headers, ...headers },
  })
  const trials: [boolean, Received & { secret?: string; now?: number }][] = [
    ...receiver.received.map((each): [boolean, Received] => [true, each]),
    [true, { ...letter, now: at + 299 }],
    [false, { ...letter, now: at + 301 }],
    [false, { ...letter, now: at - 301 }],
    [false, { ...letter, body: `${letter.body} ` }],
    [false, { ...letter, secret: `whsec_${Buffer.alloc(32).toString('base64')}` }],
    [false, forged({ 'webhook-id': 'msg_other' })],
    [false, forged({ 'webhook-timestamp': String(at - 1) })],
    [false, forged({ 'webhook-timestamp': 'soon' })],
    [false, forged({ 'webhook-signature': 'v1,' })],
    [false, forged({ 'webhook-signature': '' })],
    [true, forged({ 'webhook-signature': `v1,AAAA v2,x ${letter.headers['webhook-signature']}` })],
  ]
  const asked = trials.map(([, { headers, body, ...more }]) => ({ secret, headers, body, ...more }))
  const genuine = trials.map(([is]) => is)
  await using scratch = await temporaryFolder()
  writeFileSync(`${scratch.path}/asked.json`, JSON.stringify(asked))
  expect(judged(process.execPath, `${scratch.path}/check.mjs`, blockOf('js') + ASK_NODE)).toEqual(genuine)
  if (!withoutPython)
    expect(judged(pythonOfTests(), `${scratch.path}/check.py`, blockOf('python') + ASK_PYTHON)).toEqual(
      genuine,
    )

  // What signs is nowhere in the clear.
  for (const bytes of [Buffer.from(secret), Buffer.from(secret.slice(6), 'base64')])
    expect(await filesHolding(folder, bytes)).toEqual([])
}, 600_000)

/** What the guide says, as a program that answers for each of `asked.json`. */
const blockOf = (language: string): string => {
  const guide = readFileSync(fileURLToPath(new URL('../../docs/guides/webhooks.md', import.meta.url)), 'utf8')
  const [, code = ''] = new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``).exec(guide) ?? []
  return code
}
const judged = (program: string, path: string, code: string): unknown => {
  writeFileSync(path, code)
  return JSON.parse(execFileSync(program, [path], { encoding: 'utf8' }))
}
const ASK_NODE = `
import { readFileSync } from 'node:fs'
const asked = JSON.parse(readFileSync(new URL('asked.json', import.meta.url)))
console.log(JSON.stringify(asked.map(({ secret, headers, body, now }) => isGenuine(secret, headers, Buffer.from(body), now))))
`
const ASK_PYTHON = `
import json, os
with open(os.path.join(os.path.dirname(__file__), "asked.json"), encoding="utf-8") as file:
    asked = json.load(file)
print(json.dumps([is_genuine(one["secret"], one["headers"], one["body"].encode(), one.get("now")) for one in asked]))
`

test('nobody at a private address is told anything unless that was allowed, also not of one that was made before', async () => {
  await using folder = await temporaryFolder()
  const first = await startCoordinator({ folder: folder.path, webhooksPrivate: 'allow' })
  const { operator } = first
  const token = await operator.call('POST', restPaths.operatorTokens, { name: 'again', role: 'admin' })
  const { id } = await create(operator, receiver.url)
  await first[Symbol.asyncDispose]()

  await using second = await startCoordinator({ folder: folder.path })
  const again = operatorOf(second.url, Object(token.body).token)
  const refused = await again.call('POST', restPaths.webhooks, {
    url: receiver.url,
    name: 'x',
    events: EVERYTHING,
  })
  expect(refused).toMatchObject({ status: 400, body: { mistakes: [{ path: 'url' }] } })
  // A name is looked up when it is sent to.
  const named = await create(again, receiver.url.replace('127.0.0.1', 'localhost'))
  await again.createTask(lineTask({ clients: 1 }))
  for (const each of [id, named.id])
    await until('an attempt', async () =>
      (await logOf(again, each)).some(({ answer }) => answer?.includes('not a public one')),
    )
  expect(receiver.received).toEqual([])
})

describe('kill -9', () => {
  const DOOMED = fileURLToPath(new URL('../fleet/doomed-coordinator.ts', import.meta.url))
  const ALLOWED = { env: { TRIBUTARY_WEBHOOKS_PRIVATE: 'allow' } }
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let running: CoordinatorProcess
  let operator: Operator
  let port: number
  beforeEach(async () => {
    folder = await temporaryFolder()
    port = await portToReturnTo()
    running = await startCoordinatorProcess({ folder: folder.path, port, ...ALLOWED })
    operator = operatorOf(running.url, running.firstAdminToken ?? '')
  })
  afterEach(async () => {
    await running[Symbol.asyncDispose]()
    await folder[Symbol.asyncDispose]()
  })

  test.each([
    ['selecting', 'round.started'],
    ['abandoned', 'round.abandoned'],
  ] as const)(
    'between the commit of a round that is %s and the telling of it loses nothing',
    async (phase, event) => {
      await create(operator, receiver.url, [event])
      await operator.createTask(lineTask({ clients: 1 }))
      if (phase === 'abandoned') await operator.trigger('line')
      await running.stop()
      running = await startCoordinatorProcess({
        folder: folder.path,
        port,
        program: DOOMED,
        flags: ['--die-when', phase],
        ...ALLOWED,
      })
      const act =
        phase === 'selecting'
          ? operator.trigger('line')
          : operator.call('POST', '/api/v1/tasks/line/rounds/1/abandon', {})
      await act.catch(() => {}) // nobody is left to answer
      expect(await running.exited).toMatchObject({ signal: 'SIGKILL' })
      expect(receiver.received).toEqual([])

      running = await startCoordinatorProcess({ folder: folder.path, port, ...ALLOWED })
      await received(1, 60_000)
      expect(receiver.received.map((letter) => [typeOf(letter), JSON.parse(letter.body).data.id])).toEqual([
        [event, 'line.1'],
      ])
    },
  )

  test('while a delivery is under way: it is sent again, under the same id', async () => {
    await receiver.close()
    receiver = await aReceiver((response, _request, count) => count > 1 && response.writeHead(204).end())
    const { id } = await create(operator, receiver.url, ['model.published'])
    await operator.createTask(lineTask({ clients: 1 }))
    await received(1)
    await running.kill()
    running = await startCoordinatorProcess({ folder: folder.path, port, ...ALLOWED })
    await received(2, 60_000)
    const [first, second] = receiver.received
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id'])
    await until('the log to say so', async () =>
      (await logOf(operator, id)).every(({ status, attempts }) => status === 'delivered' && attempts === 2),
    )
  })
})

describe('two processes on PostgreSQL', () => {
  const TASKS = 12
  test('tell of everything once while all is well, and one goes on for the other', async () => {
    await using replicas = await startReplicas({
      count: 2,
      postgresUrl: inject('postgresUrl'),
      flags: ['--webhooks-private', 'allow'],
    })
    const { operator } = replicas
    const { id } = await create(operator, receiver.url)
    const tasks = Array.from({ length: TASKS }, (_, n) => `line-${n}`)
    await Promise.all(tasks.map((task) => operator.createTask(lineTask({ id: task, clients: 1 }))))
    await Promise.all(tasks.map((task) => operator.trigger(task)))
    await Promise.all(
      tasks.map((task) => operator.call('PATCH', `/api/v1/tasks/${task}`, { status: 'finished' })),
    )
    // Published, started, finished, and abandoned because of that.
    await received(4 * TASKS, 60_000)
    await until('all to be logged', async () =>
      (await logOf(operator, id)).every(({ status }) => status === 'delivered'),
    )
    expect(new Set(receiver.received.map(({ headers }) => headers['webhook-id'])).size).toBe(4 * TASKS)
    expect(receiver.received).toHaveLength(4 * TASKS)
    expect((await logOf(operator, id)).map(({ attempts }) => attempts)).toEqual(Array(4 * TASKS).fill(1))

    const port = Number(new URL(receiver.url).port)
    await receiver.close()
    await operator.createTask(lineTask({ id: 'last', clients: 1 }))
    await until('an attempt', async () => (await logOf(operator, id))[0]?.answer === 'nothing listens there')
    const [first, second] = replicas.running()
    if (!first || !second) throw new Error('two were started')
    replicas.pointAt([second])
    await first.kill()
    receiver = await aReceiver(undefined, port)
    await received(1, 90_000)
    expect(receiver.received.map(typeOf)).toEqual(['model.published'])
  })
})
