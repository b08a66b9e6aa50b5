import { encodeSafetensors } from '@tributary/protocols/tensors'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { refusalOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'

const TENSORS = [{ name: 'w', shape: [3], dtype: 'F32' as const }]

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

type Wishes = Omit<Parameters<typeof vectorTask>[0], 'tensors'>

/** A round of raw clients, invited; each hands in one delta for all three weights, and claims. */
const aRound = async (wishes: Wishes & { id: string }) => {
  const { operator, url } = coordinator
  await operator.createTask(vectorTask({ tensors: TENSORS, ...wishes }))
  const token = await operator.invite(wishes.clients)
  const clients = await Promise.all(Array.from({ length: wishes.clients }, () => enrolRawClient(url, token)))
  for (const client of clients) {
    await client.connect()
    client.send(checkIn(wishes.id))
  }
  await operator.trigger(wishes.id)
  return Promise.all(
    clients.map(async (client) => {
      const invitation = await client.next('invitation')
      const to = { round: invitation.round, client: client.id, token: invitation.session.token }
      return {
        leave: client.disconnect,
        submit: (delta: number, claims: { examples?: number; metrics?: Record<string, number> } = {}) => {
          const values = new Float32Array(3).fill(delta)
          return upload(
            url,
            to,
            sealFor(client, invitation, encodeSafetensors({ tensors: TENSORS, values }), claims),
          )
        },
      }
    }),
  )
}

test('a task whose strategy its privacy would blind is refused, with what to do about it', async () => {
  const { status, body } = await coordinator.operator.call(
    'POST',
    '/api/v1/tasks',
    vectorTask({
      clients: 20,
      tensors: TENSORS,
      strategy: { name: 'krum', byzantine: 9 },
      privacy: { mode: 'secure-aggregation', audience: 'demo' },
    }),
  )
  expect(status).toBe(400)
  expect(body).toMatchObject({
    mistakes: [
      { path: 'cohort.quorum', message: expect.stringContaining('raise quorum to 21') },
      { path: 'strategy.name', message: expect.stringContaining('or privacy.mode sealed') },
    ],
  })
})

test('[U6] an update without the steps that FedNova needs is refused, and counts once it claims them', async () => {
  const [one, other] = await aRound({ id: 'nova', clients: 2, strategy: { name: 'fednova' } })
  for (const metrics of [{}, { steps: 0 }])
    expect(refusalOf((await one?.submit(1, { metrics })) ?? { status: 0, body: '' })).toMatchObject({
      status: 422,
      word: 'wrong-claims',
      detail: expect.stringContaining('steps'),
    })
  expect(await one?.submit(2, { metrics: { steps: 2 } })).toMatchObject({ status: 200 })
  expect(await other?.submit(8, { metrics: { steps: 4 } })).toMatchObject({ status: 200 })
  await coordinator.settled('nova.1')
  // Steps go 1 and 2 a step, 3 steps on average: 1 + 3 · 1.5.
  expect(await coordinator.operator.weights('nova', 2)).toEqual(new Float32Array(3).fill(5.5))
  for (const client of [one, other]) client?.leave()
})

test('[R12] with Multi-Krum a client that lies for all its worth moves nothing', async () => {
  const clients = await aRound({ id: 'robust', clients: 5, strategy: { name: 'multi-krum', byzantine: 1 } })
  const deltas = [1, 1.25, 0.75, 1, -1e30]
  await Promise.all(
    clients.map((client, i) => client.submit(deltas[i] ?? 0, { examples: i === 4 ? 2_000_000_000 : 1 })),
  )
  await coordinator.settled('robust.1')
  const weights = await coordinator.operator.weights('robust', 2)
  for (const weight of weights) expect(Math.abs(weight - 2)).toBeLessThan(0.26)
  for (const client of clients) client.leave()
})
