import { TaskId } from '@tributary/protocols'
import { identityFromSeed } from '@tributary/protocols/crypto'
import type { Invitation } from '@tributary/protocols/messages'
import { seededRandom, uniform } from '@tributary/protocols/runtime'
import { digestOf, encodeSafetensors } from '@tributary/protocols/tensors'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { checkIn, enrolRawClient, type RawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { foldInOrder, type PlainUpdate, referenceFedavg } from '../fleet/reference-fedavg.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'

const CLIENTS = 6
const TENSORS = [
  { name: 'a', shape: [5, 7], dtype: 'F32' as const },
  { name: 'b', shape: [13], dtype: 'F32' as const },
]
const ELEMENTS = 48
/** Version 1 of these tasks: their tensors begin as ones. */
const BASE = new Float32Array(ELEMENTS).fill(1)

const random = seededRandom('arrival order')
/** Values of very different size, so that sums of them in another order round otherwise. */
const values = () =>
  Float32Array.from(
    { length: ELEMENTS },
    () => (uniform(random) - 0.5) * 10 ** Math.floor(8 * uniform(random) - 2),
  )
const identities = Array.from({ length: CLIENTS }, () => identityFromSeed(random.bytes(32)))
const updates = identities.map(
  ({ clientId }, i): PlainUpdate => ({
    client: clientId,
    delta: values(),
    examples: 1 + 37 * i,
  }),
)

let coordinator: TestCoordinator
let clients: RawClient[]
let tasks = 0

beforeAll(async () => {
  coordinator = await startCoordinator()
  const token = await coordinator.operator.invite(CLIENTS)
  clients = await Promise.all(identities.map((identity) => enrolRawClient(coordinator.url, token, identity)))
  await Promise.all(clients.map((client) => client.connect()))
})
afterAll(async () => {
  for (const client of clients) client.disconnect()
  await coordinator[Symbol.asyncDispose]()
})

test('in another order the same updates would make another model, were they folded as they come', () => {
  const inOrder = digestOfWeights(referenceFedavg(BASE, updates))
  expect(digestOfWeights(foldInOrder(BASE, updates.toReversed()))).not.toBe(inOrder)
})

test('[R12] the same updates make the same model, byte for byte, in whatever order they come', async () => {
  const expected = digestOfWeights(referenceFedavg(BASE, updates))
  // Batches one after the other; the uploads of a batch all at once.
  const anArrival = fc
    .tuple(
      fc.shuffledSubarray([...updates.keys()], { minLength: CLIENTS }),
      fc.array(fc.boolean(), { minLength: CLIENTS, maxLength: CLIENTS }),
    )
    .map(([order, cuts]) => batchesOf(order, cuts))
  await fc.assert(
    fc.asyncProperty(anArrival, async (batches) => {
      expect(await modelAfter(batches)).toBe(expected)
    }),
    { numRuns: 15, examples: [[[[...updates.keys()]]], [updates.map((_, i) => [CLIENTS - 1 - i])]] },
  )
})

/** A round of a new task in which the updates arrive so; the digest of the model it makes. */
const modelAfter = async (batches: readonly (readonly number[])[]): Promise<string> => {
  const task = TaskId.parse(`order-${++tasks}`)
  await coordinator.operator.createTask(vectorTask({ id: task, clients: CLIENTS, tensors: TENSORS }))
  for (const client of clients) client.send(checkIn(task))
  const round = await coordinator.operator.trigger(task)
  const invitations = await Promise.all(clients.map((client) => client.next('invitation')))
  for (const batch of batches)
    await Promise.all(batch.map((i) => send(clients[i], invitations[i], updates[i])))
  const { version, examples } = await coordinator.round(round.id, 'completed')
  expect(examples).toBe(updates.reduce((sum, update) => sum + update.examples, 0))
  for (const client of clients) client.send({ type: 'leave', task })
  return version.digest
}

const send = async (client?: RawClient, invitation?: Invitation, update?: PlainUpdate) => {
  if (!client || !invitation || !update) throw new Error('there is no such client')
  const sealed = sealFor(client, invitation, fileOf(update.delta), { examples: update.examples })
  const to = { round: invitation.round, client: client.id, token: invitation.session.token }
  expect(await upload(coordinator.url, to, sealed)).toMatchObject({ status: 200 })
}

const fileOf = (values: Float32Array) => encodeSafetensors({ tensors: TENSORS, values })
const digestOfWeights = (weights: Float32Array): string => digestOf(fileOf(weights))

/** Cuts an order into batches: after every item whose `cuts` is true. */
const batchesOf = (order: readonly number[], cuts: readonly boolean[]): number[][] => {
  const batches: number[][] = [[]]
  for (const [at, item] of order.entries()) {
    batches.at(-1)?.push(item)
    if (cuts[at] && at < order.length - 1) batches.push([])
  }
  return batches
}
