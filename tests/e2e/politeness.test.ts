/** Clients with conditions against a coordinator over real sockets: what they are told of decides, as it does on a device. */
import {
  type ClientOptions,
  endpointsOf,
  FederatedClient,
  memoryKeyStore,
  memoryRecordStore,
  openSocketLine,
} from '@tributary/client-sdk'
import { createCircumstances } from '@tributary/client-sdk/conditions'
import { ClientPage, restPaths } from '@tributary/protocols/rest'
import { expect, test } from 'vitest'
import { lineClient, rowsOf } from '../fleet/line-clients.ts'
import { type LineTrainer, lineTrainer } from '../fleet/line-trainer.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { lineTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

type Wishes = Pick<ClientOptions, 'conditions' | 'circumstances' | 'records' | 'keys'> & {
  trainer?: LineTrainer
  token?: string
}

/** A client that has enrolled, what it asked the coordinator for over HTTP and got, and how many lines it opened. */
const politeClient = async ({ url, operator }: TestCoordinator, { trainer, token, ...wishes }: Wishes) => {
  const requests: string[] = []
  const lines = { opened: 0 }
  const received = { bytes: 0 }
  const client = new FederatedClient({
    coordinator: url,
    task: 'line',
    trainer: trainer ?? lineTrainer(rowsOf(1)),
    consent: 'granted',
    keys: memoryKeyStore(),
    ...wishes,
    surroundings: {
      connect() {
        lines.opened++
        return openSocketLine(endpointsOf(url))
      },
      async fetch(address, init) {
        requests.push(`${init.method ?? 'GET'} ${new URL(address).pathname}`)
        const response = await fetch(address, init)
        if (!init.method) received.bytes += Number(response.headers.get('content-length'))
        return response
      },
    },
  })
  const states: string[] = []
  const errors: Error[] = []
  client.on('state', ({ is }) => states.push(is))
  client.on('error', (error) => errors.push(error))
  const id = await client.enrol(token ?? (await operator.invite(1)))
  requests.length = 0
  return { client, id, states, errors, requests, received, lines }
}

const isOnline = async ({ operator }: TestCoordinator, id: string) => {
  const { body } = await operator.call('GET', restPaths.clients)
  return ClientPage.parse(body).items.find((one) => one.id === id)?.online
}

const memberOf = async ({ operator }: TestCoordinator, round: string, id: string) =>
  (await operator.round(round)).members.find(({ client }) => client === id)

test('a client whose condition does not hold is on no line; when it holds it joins and trains, and when it ends again it leaves', async () => {
  await using coordinator = await startCoordinator()
  await coordinator.operator.createTask(lineTask({ clients: 1 }))
  const circumstances = createCircumstances({ charging: false })
  const { client, id, states, errors, lines } = await politeClient(coordinator, {
    conditions: { charging: true },
    circumstances,
  })
  const joining = client.join()
  await until('it to be held', () => client.state.is === 'held')
  expect(client.state).toEqual({
    is: 'held',
    by: [{ by: 'conditions', detail: 'the device runs on its battery' }],
  })
  const { id: round } = await coordinator.operator.trigger('line')
  expect(await isOnline(coordinator, id)).toBe(false)
  expect((await coordinator.operator.round(round)).phase).toBe('selecting')
  expect(lines.opened).toBe(0)

  circumstances.set({ charging: true })
  await joining
  await coordinator.settled(round)
  expect(await memberOf(coordinator, round, id)).toMatchObject({ status: 'received' })

  circumstances.set({ charging: false })
  await until('it to be held again', () => client.state.is === 'held')
  await until('it to be gone', async () => !(await isOnline(coordinator, id)))
  await client.leave()
  expect(client.state).toEqual({ is: 'idle' })
  expect(states[0]).toBe('held')
  expect(errors).toEqual([])
})

test('a condition that ends while it trains ends the training: the round is told, and no update comes', async () => {
  await using coordinator = await startCoordinator()
  await coordinator.operator.createTask(lineTask({ clients: 2, quorum: 1 }))
  const circumstances = createCircumstances({ network: 'unmetered' })
  let aborted = false
  const training = Promise.withResolvers<void>()
  const trainer = lineTrainer(rowsOf(1), {
    hold: (signal) =>
      new Promise((_, reject) => {
        training.resolve()
        signal.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason)
        })
      }),
  })
  const { client, id, requests } = await politeClient(coordinator, {
    conditions: { network: 'unmetered' },
    circumstances,
    trainer,
  })
  await client.join()
  const other = await lineClient(await coordinator.operator.invite(1), {
    url: coordinator.url,
    rows: rowsOf(2),
  })
  await other.client.join()
  const { id: round } = await coordinator.operator.trigger('line')
  await training.promise
  circumstances.set({ network: 'metered' })
  await until('it to be held', () => client.state.is === 'held')
  expect(aborted).toBe(true)
  await coordinator.settled(round)
  expect(await coordinator.operator.round(round)).toMatchObject({
    phase: 'completed',
    tally: { received: 1 },
  })
  expect(await memberOf(coordinator, round, id)).toMatchObject({ status: 'failed', reason: 'aborted' })
  expect(requests.filter((request) => request.startsWith('PUT'))).toEqual([])
  // What was accepted counts, whatever became of it.
  expect((await client.usage())?.today.rounds).toBe(1)
  await Promise.all([client.leave(), other.client.leave()])
})

test('of one round a day the second is declined, also by a client that was started anew', async () => {
  await using coordinator = await startCoordinator()
  await coordinator.operator.createTask(lineTask({ clients: 2, quorum: 1 }))
  const [records, keys] = [memoryRecordStore(), memoryKeyStore()]
  const token = await coordinator.operator.invite(2)
  const conditions = { roundsPerDay: 1 }
  const start = () => politeClient(coordinator, { conditions, records, keys, token })
  const other = await lineClient(token, { url: coordinator.url, rows: rowsOf(2) })
  await other.client.join()
  const roundWith = async ({ client, id }: Awaited<ReturnType<typeof start>>) => {
    await client.join()
    const { id: round } = await coordinator.operator.trigger('line')
    await coordinator.settled(round)
    return memberOf(coordinator, round, id)
  }
  const first = await start()
  expect(await roundWith(first)).toMatchObject({ status: 'received' })
  expect(await first.client.usage()).toMatchObject({
    today: { rounds: 1 },
    objections: [{ detail: 'this device has taken part in 1 round today, and may in 1 a day' }],
  })
  await first.client.leave()

  const second = await start()
  expect(second.id).toBe(first.id)
  expect(await roundWith(second)).toMatchObject({ status: 'declined', reason: 'conditions' })
  const { id: third } = await coordinator.operator.trigger('line')
  await coordinator.settled(third)
  expect(await memberOf(coordinator, third, second.id)).toMatchObject({ status: 'declined' })
  expect(second.requests.filter((request) => request.startsWith('PUT'))).toEqual([])
  await Promise.all([second.client.leave(), other.client.leave()])
})

test('bytes of models and updates are counted; a round that would pass the month’s budget is declined before anything is downloaded', async () => {
  await using coordinator = await startCoordinator()
  await coordinator.operator.createTask(lineTask({ clients: 2, quorum: 1 }))
  const other = await lineClient(await coordinator.operator.invite(1), {
    url: coordinator.url,
    rows: rowsOf(2),
  })
  await other.client.join()

  const spends = await politeClient(coordinator, { conditions: {} })
  await spends.client.join()
  const { id: first } = await coordinator.operator.trigger('line')
  await coordinator.settled(first)
  await until('the model that was made', () => spends.client.model?.version === 2)
  const usage = await spends.client.usage()
  await spends.client.leave()
  const member = await memberOf(coordinator, first, spends.id)
  expect(usage?.month.up).toBe(member?.status === 'received' && member.bytes)
  expect(spends.requests.length).toBeGreaterThan(2)
  expect(usage?.month.down).toBe(spends.received.bytes)

  const thrifty = await politeClient(coordinator, { conditions: { bytesPerMonth: 100 } })
  await thrifty.client.join()
  const { id: second } = await coordinator.operator.trigger('line')
  await coordinator.settled(second)
  expect(await memberOf(coordinator, second, thrifty.id)).toMatchObject({
    status: 'declined',
    reason: 'conditions',
  })
  expect(thrifty.requests).toEqual([])
  expect((await thrifty.client.usage())?.month).toMatchObject({ down: 0, up: 0 })
  await Promise.all([thrifty.client.leave(), other.client.leave()])
})

test('with fewer examples than are asked for a round is declined for want of data', async () => {
  await using coordinator = await startCoordinator()
  await coordinator.operator.createTask(lineTask({ clients: 2, quorum: 1 }))
  let examples = 19
  const trainer = { ...lineTrainer(rowsOf(1)), countExamples: () => examples }
  const { client, id } = await politeClient(coordinator, { conditions: { minExamples: 20 }, trainer })
  const other = await lineClient(await coordinator.operator.invite(1), {
    url: coordinator.url,
    rows: rowsOf(2),
  })
  await Promise.all([client.join(), other.client.join()])
  const round = async () => {
    const begun = await coordinator.operator.trigger('line')
    await coordinator.settled(begun.id)
    return memberOf(coordinator, begun.id, id)
  }
  expect(await round()).toMatchObject({ status: 'declined', reason: 'no-data' })
  examples = 20
  expect(await round()).toMatchObject({ status: 'received' })
  const uncounted = client.another({ task: 'other', trainer: lineTrainer(rowsOf(1)) })
  await expect(uncounted.join()).rejects.toThrow('countExamples')
  await Promise.all([client.leave(), other.client.leave()])
})
