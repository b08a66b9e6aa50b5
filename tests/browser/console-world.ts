/**
 * A coordinator in which much has happened, for looking at its console: tasks of every kind, rounds that ended well and badly
 * and one that goes on, clients that come, go and fail, webhooks that are heard and that are not.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { WebhookPage } from '@tributary/protocols/rest'
import type { TaskFileInput } from '@tributary/protocols/task'
import { aGate } from '../fleet/gate.ts'
import { type LineClient, lineClient, rowsOf } from '../fleet/line-clients.ts'
import type { Habits } from '../fleet/line-fleet.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'

export type ConsoleWorld = AsyncDisposable & {
  coordinator: TestCoordinator
  /** One that took part in every round of `digits-line`. */
  client: string
  webhook: string
  /** The round of `digits-line` that goes on: its clients train until the world ends. */
  openRound: number
}

const ROUNDS = 6

/** `clients`: of the largest task; the others have a dozen each. */
export const startConsoleWorld = async ({ clients = 60 } = {}): Promise<ConsoleWorld> => {
  await using ending = new AsyncDisposableStack()
  const coordinator = ending.use(await startCoordinator({ webhooksPrivate: 'allow' }))
  const receiver = ending.use(await startReceiver())
  const { operator } = coordinator
  const ask = async (method: string, path: string, body?: unknown) => {
    const { status, body: answer } = await operator.call(method, `/api/v1${path}`, body)
    if (status >= 300) throw new Error(`${method} ${path} answered ${status}: ${JSON.stringify(answer)}`)
    return answer
  }
  const late = aGate()
  let holding = false
  const hold = async (signal: AbortSignal) => {
    if (holding) await late.hold(signal)
  }

  const joined = async (task: string, count: number, habits: (n: number) => Habits = () => ({})) => {
    const token = await operator.invite(count)
    const members: LineClient[] = []
    for (let n = 0; n < count; n++)
      members.push(
        await lineClient(token, {
          url: coordinator.url,
          task,
          rows: rowsOf(n + 1),
          privacy: { audience: 'demo' },
          ...habits(n),
        }),
      )
    await Promise.all(members.map(({ client }) => client.join()))
    ending.defer(async () => {
      await Promise.all(members.map(({ client }) => client.leave()))
    })
    return members
  }
  const held = async (task: string, rounds: number) => {
    for (let n = 0; n < rounds; n++) await coordinator.settled((await operator.trigger(task)).id)
  }
  const create = (file: TaskFileInput, title: string) => operator.createTask({ ...file, title })

  for (const [name, path, events] of [
    ['release pipeline', '/well', ['model.published', 'round.abandoned']],
    ['pager of the night shift', '/failing', ['round.abandoned', 'round.completed']],
  ] as const)
    await ask('POST', '/webhooks', { name, url: `${receiver.url}${path}`, events })

  await create(
    lineTask({
      id: 'digits-line',
      clients: Math.ceil(clients * 0.7),
      quorum: Math.ceil(clients / 2),
      trainingSeconds: 600,
      selectionSeconds: 600,
    }),
    'A line through everybody’s points',
  )
  const fleet = await joined('digits-line', clients, (n) => habitsOf(n, hold))
  await held('digits-line', ROUNDS)
  await ask('POST', '/tasks/digits-line/rollback', {
    version: 4,
    reason: 'version 6 was worse on the night shift',
  })

  await create(
    lineTask({
      id: 'keyboard-private',
      clients: 12,
      privacy: {
        mode: 'sealed',
        differentialPrivacy: {
          mechanism: 'central',
          budget: { epsilon: 8, delta: 1e-5 },
          participation: { most: 40 },
          noiseMultiplier: 8,
          clipping: { kind: 'fixed', clipNorm: 1 },
        },
      },
    }),
    'Next words, with differential privacy',
  )
  await joined('keyboard-private', 12)
  await held('keyboard-private', 5)

  await create(
    lineTask({
      id: 'hospital-secure',
      clients: 6,
      quorum: 4,
      privacy: {
        mode: 'secure-aggregation',
        audience: 'demo',
        range: 8,
        maxExamples: 50,
        metrics: { loss: 100 },
        stepSeconds: 5,
      },
    }),
    'Under secure aggregation',
  )
  await joined('hospital-secure', 6)
  await held('hospital-secure', 2)

  await create(
    lineTask({ id: 'nobody-there', clients: 500, quorum: 400, selectionSeconds: 3_000 }),
    'Too few clients',
  )
  await ask('PATCH', '/tasks/nobody-there', { status: 'paused' })
  const abandoned = await operator.trigger('digits-line')
  await ask('POST', `/tasks/digits-line/rounds/${abandoned.number}/abandon`, {
    reason: 'an operator saw the loss rise',
  })
  await coordinator.settled(abandoned.id)

  for (const [name, role] of [
    ['dashboard on the wall', 'viewer'],
    ['night shift', 'operator'],
  ])
    await ask('POST', '/operator-tokens', { name, role })
  await ask('POST', '/enrolment-tokens', { name: 'ward 7, tablets', uses: 40 })
  await ask('POST', '/enrolment-tokens', { name: 'a lorry', uses: 1, expiresInSeconds: 3_600 })
  for (const { id } of fleet.slice(-3)) await ask('DELETE', `/clients/${id}`)
  await Promise.all(fleet.slice(-12).map(({ client }) => client.leave()))

  holding = true
  const open = await operator.trigger('digits-line')
  const webhooks = WebhookPage.parse(await ask('GET', '/webhooks'))
  const [first] = fleet
  const [webhook] = webhooks.items
  if (!first || !webhook) throw new Error('the world has no client or no webhook')
  const end = ending.move()
  return {
    coordinator,
    client: first.id,
    webhook: webhook.id,
    openRound: open.number,
    async [Symbol.asyncDispose]() {
      late.open()
      await end.disposeAsync()
    },
  }
}

/** Most do as they are told; a few are busy, and a few cannot train. */
const habitsOf = (n: number, hold: NonNullable<Habits['hold']>): Habits => {
  if (n % 17 === 5) return { onInvitation: () => 'busy' }
  if (n % 19 === 7)
    return {
      hold: async () => {
        throw new Error('the disk of this client is full')
      },
    }
  // Two thirds of the last round's updates come, the others train on.
  return n % 3 === 0 ? { hold } : {}
}

/** Hears webhooks: well at `/well`, with an error elsewhere. */
const startReceiver = async (): Promise<AsyncDisposable & { url: string }> => {
  const server = createServer((request, response) => {
    request.resume()
    response.statusCode = request.url === '/well' ? 204 : 503
    response.end()
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((closed) => server.close(closed))
    },
  }
}
