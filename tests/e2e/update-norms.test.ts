/** Of how long an update is, what is kept for operators to see: the norm of a delta that the coordinator opens anyway, and nothing where anything more is promised. */
import type { TaskFileInput } from '@tributary/protocols/task'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { type Well, wellClient, wellTrainer } from '../fleet/well-clients.ts'

const LENGTH = 64
const TENSORS = [
  { name: 'w', shape: [15, 4], dtype: 'F32' as const },
  { name: 'b', shape: [4], dtype: 'F32' as const },
]
const WELLS: readonly Well[] = [
  { force: 1, place: 2 },
  { force: 1, place: -1 },
  { force: 2, place: 30 },
]
/** Twenty steps from ones. */
const normOf = ({ force, place }: Well): number =>
  Math.abs((1 - (1 - 0.05 * force) ** 20) * (place - 1)) * Math.sqrt(LENGTH)

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

/** The norms that operators see of a round, the smallest first. */
const normsIn = async (id: string, of: Partial<TaskFileInput>): Promise<(number | undefined)[]> => {
  const { operator, url } = coordinator
  const token = await operator.invite(WELLS.length)
  const clients = await Promise.all(
    WELLS.map((well) =>
      wellClient(token, { url, task: id, trainer: wellTrainer(well), privacy: { audience: 'demo' } }),
    ),
  )
  await operator.createTask(vectorTask({ id, tensors: TENSORS, clients: WELLS.length, ...of }))
  await Promise.all(clients.map(({ client }) => client.join()))
  await operator.trigger(id)
  await coordinator.settled(`${id}.1`)
  const { members } = await operator.round(`${id}.1`)
  for (const { client, failures, errors } of clients) {
    expect([failures, errors]).toEqual([[], []])
    await client.leave()
  }
  return members
    .map((member) => {
      if (member.status !== 'received') throw new Error(`${member.client} is ${member.status}`)
      return member.norm
    })
    .toSorted((a = 0, b = 0) => a - b)
}

test.each<[string, Partial<TaskFileInput>]>([
  ['plain', {}],
  ['carried', { strategy: { name: 'scaffold', population: WELLS.length } }],
])('of %s updates, that of the delta, by which one that is far from the others is seen', async (id, of) => {
  expect(await normsIn(id, of)).toEqual(
    WELLS.map(normOf)
      .toSorted((a, b) => a - b)
      .map((norm) => expect.closeTo(norm, 3)),
  )
})

test.each<[string, Partial<TaskFileInput>]>([
  ['compressed', { compression: { bits: 8 } }],
  [
    'masked',
    {
      privacy: { mode: 'secure-aggregation', audience: 'demo', range: 64, maxExamples: 10, stepSeconds: 20 },
    },
  ],
  [
    'noised',
    {
      privacy: {
        mode: 'sealed',
        differentialPrivacy: {
          mechanism: 'central',
          budget: { epsilon: 1_000, delta: 1e-5 },
          participation: { most: 1 },
          noiseMultiplier: 1,
          clipping: { kind: 'fixed', clipNorm: 1 },
        },
      },
    },
  ],
])('of %s updates, none', async (id, of) => {
  expect(await normsIn(id, of)).toEqual([undefined, undefined, undefined])
})
