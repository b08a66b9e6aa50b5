/** Strategies that need more of a client than its delta, from the SDK's clients over real sockets. */
import { memoryRecordStore, type RecordStore } from '@tributary/client-sdk'
import { TaskId } from '@tributary/protocols'
import type { TaskFileInput } from '@tributary/protocols/task'
import { decodeSafetensors, encodeSafetensors } from '@tributary/protocols/tensors'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { refusalOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { leastOf, type Well, type WellClient, wellClient, wellTrainer } from '../fleet/well-clients.ts'

// Twenty rounds, one after the other.
vi.setConfig({ testTimeout: 120_000 })

const TENSORS = [
  { name: 'w', shape: [2], dtype: 'F32' as const },
  { name: 'b', shape: [], dtype: 'F32' as const },
]
/** Forces sixteen times apart: with twenty local steps each goes most of its way, or hardly any of it. */
const WELLS: readonly Well[] = [
  { force: 4, place: 1 },
  { force: 1, place: -1 },
  { force: 0.25, place: 2 },
]
const SECURE: TaskFileInput['privacy'] = {
  mode: 'secure-aggregation',
  audience: 'demo',
  range: 8,
  maxExamples: 10,
  stepSeconds: 20,
}

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

type Wishes = {
  id: string
  rounds: number
  strategy: NonNullable<TaskFileInput['strategy']>
  privacy?: TaskFileInput['privacy']
  wells?: readonly Well[]
  said?: (...told: [...Parameters<Saying>, Well]) => ReturnType<Saying>
  /** Stores of their own, by number. */
  variates?: Record<number, RecordStore>
}
type Saying = NonNullable<Parameters<typeof wellTrainer>[1]>

/** As many rounds of all wells. */
const joined = async ({
  id,
  rounds,
  strategy,
  privacy,
  wells = WELLS,
  said,
  variates,
}: Wishes): Promise<WellClient[]> => {
  const { operator, url } = coordinator
  const token = await operator.invite(wells.length)
  const clients = await Promise.all(
    wells.map((well, n) =>
      wellClient(token, {
        url,
        task: id,
        trainer: wellTrainer(well, (result, job) => said?.(result, job, well) ?? result),
        variates: variates?.[n],
        privacy: privacy && { audience: 'demo' },
      }),
    ),
  )
  await operator.createTask(
    vectorTask({
      id,
      tensors: TENSORS,
      clients: wells.length,
      strategy,
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds },
      ...(privacy && { privacy }),
    }),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
  return clients
}

const trained = async (wishes: Wishes) => {
  const clients = await joined(wishes)
  for (let round = 1; round <= wishes.rounds; round++) await coordinator.settled(`${wishes.id}.${round}`)
  for (const { failures, errors, client } of clients) {
    expect([failures, errors]).toEqual([[], []])
    await client.leave()
  }
  return coordinator.operator.weights(wishes.id, wishes.rounds + 1)
}

const furthestFrom = (weights: Float32Array, place: number): number =>
  Math.max(...weights.map((weight) => Math.abs(weight - place)))

/** What the strategy left with a version, by the names of its vectors. */
const stateOf = async (id: string, version: number) => {
  const { operator } = coordinator
  const model = (await operator.models(id)).find((candidate) => candidate.version === version)
  const state = model?.origin.kind === 'round' ? model.origin.state : undefined
  if (!state?.vectors) throw new Error(`version ${version} of ${id} has no vectors`)
  const { values } = decodeSafetensors(await operator.blob(state.vectors.digest))
  return { since: state.since, values }
}

describe('clients that are unlike', () => {
  test('drift from the best model under FedAvg', async () => {
    const weights = await trained({ id: 'drift', rounds: 12, strategy: { name: 'fedavg' } })
    expect(furthestFrom(weights, leastOf(WELLS))).toBeGreaterThan(0.2)
  })

  test('[R29] come to it under SCAFFOLD, whose server carries the mean of what its clients carry', async () => {
    const strategy = { name: 'scaffold', population: 3 } as const
    const weights = await trained({ id: 'scaffold', rounds: 20, strategy })
    expect(furthestFrom(weights, leastOf(WELLS))).toBeLessThan(1e-4)
    // At the best model the gradients of all are of mean zero, and c is their mean.
    const { values, since } = await stateOf('scaffold', 21)
    expect(since).toBe(1)
    expect(furthestFrom(values, 0)).toBeLessThan(1e-3)
  })

  test('[R29] come to it under FedDyn', async () => {
    const strategy = { name: 'feddyn', alpha: 1, population: 3 } as const
    const weights = await trained({ id: 'feddyn', rounds: 20, strategy })
    expect(furthestFrom(weights, leastOf(WELLS))).toBeLessThan(1e-3)
  })
})

test('[M18] masked, the second vector sums to the same as in the clear, within the levels of its range', async () => {
  const strategy = { name: 'scaffold', population: 3, controlRange: 16 } as const
  const clear = await trained({ id: 'clear', rounds: 3, strategy })
  const masked = await trained({ id: 'masked', rounds: 3, strategy, privacy: SECURE })
  for (const [i, weight] of clear.entries()) expect(masked[i]).toBeCloseTo(weight, 3)
  for (const version of [2, 3, 4]) {
    const [one, other] = [await stateOf('clear', version), await stateOf('masked', version)]
    if (version === 2) expect(Math.max(...one.values.map(Math.abs))).toBeGreaterThan(0.1)
    for (const [i, value] of one.values.entries()) expect(other.values[i]).toBeCloseTo(value, 3)
  }
})

test('FedDyn goes with secure aggregation as it does in the clear', async () => {
  const strategy = { name: 'feddyn', alpha: 1, population: 3 } as const
  const clear = await trained({ id: 'dyn-clear', rounds: 3, strategy })
  const masked = await trained({ id: 'dyn-masked', rounds: 3, strategy, privacy: SECURE })
  for (const [i, weight] of clear.entries()) expect(masked[i]).toBeCloseTo(weight, 3)
})

test('[T10] FedNova has the steps, and q-FedAvg the losses, of clients of the SDK', async () => {
  const uneven = WELLS.map((well, i) => ({ ...well, steps: 5 * (i + 1) }))
  const nova = await trained({ id: 'nova-sdk', rounds: 1, strategy: { name: 'fednova' }, wells: uneven })
  // From ones: by (1 − 0.05 · force)^steps towards each place; a step's mean direction, times the mean of 5, 10 and 15 steps.
  const deltas = uneven.map(({ force, place, steps }) => (1 - (1 - 0.05 * force) ** steps) * (place - 1))
  const direction = deltas.reduce((sum, delta, i) => sum + delta / (uneven[i]?.steps ?? 0) / 3, 0)
  const [slope = 0] = nova
  const [from = 0] = await coordinator.operator.weights('nova-sdk', 1)
  expect(from).toBe(1)
  expect(slope).toBeCloseTo(1 + 10 * direction, 5)
  const fair = await trained({ id: 'fair-sdk', rounds: 1, strategy: { name: 'q-fedavg', lipschitz: 20 } })
  expect(fair.every(Number.isFinite)).toBe(true)
  const metrics = coordinator.saved.findLast(({ id }) => id === 'fair-sdk.1')
  // Of ones the losses are 0, ½ · 4 · 3 = 6 and ⅛ · 3 = 0.375.
  expect(metrics).toMatchObject({ metrics: { 'initial-loss': expect.closeTo((0 + 6 + 0.375) / 3, 5) } })
})

test('[R29] a client that has lost its vector starts from zero, and the round goes on', async () => {
  const corrections = new Map<number, number[][]>()
  const [forgetful, other] = await joined({
    id: 'lost',
    rounds: 2,
    strategy: { name: 'scaffold', population: 2 },
    wells: WELLS.slice(0, 2),
    said(result, job, { place }) {
      corrections.set(place, [...(corrections.get(place) ?? []), [...(job.correction ?? [])]])
      return result
    },
    variates: { 0: { ...memoryRecordStore(), load: async () => undefined } },
  })
  await coordinator.settled('lost.2')
  const { values: c } = await stateOf('lost', 2)
  expect(corrections.get(1)).toEqual([[0, 0, 0], [...c]])
  const [, second] = corrections.get(-1) ?? []
  // Its own gradient along the way is the mean of all less half of the difference: c − cᵢ is not c.
  for (const [i, value] of c.entries()) expect(Math.abs((second?.[i] ?? 0) - value)).toBeGreaterThan(0.1)
  expect([forgetful?.failures, other?.failures]).toEqual([[], []])
  await Promise.all([forgetful?.client.leave(), other?.client.leave()])
})

test('what a client keeps outlasts its leaving, and is erased when it asks for that', async () => {
  const [one] = await joined({
    id: 'erased',
    rounds: 1,
    strategy: { name: 'feddyn', population: 1 },
    wells: WELLS.slice(0, 1),
  })
  await coordinator.settled('erased.1')
  const kept = () => one?.variates.load(TaskId.parse('erased'))
  await one?.client.leave()
  expect(await kept()).toBeDefined()
  await one?.client.erase()
  expect(await kept()).toBeUndefined()
})

test.each([
  ['fednova', { name: 'fednova' }, 'steps'],
  ['scaffold', { name: 'scaffold', population: 1 }, 'corrected'],
] as const)(
  '[T10] a trainer of one’s own that does not do what %s needs is told so',
  async (name, strategy, field) => {
    const [one] = await joined({
      id: `untold-${name}`,
      rounds: 1,
      strategy,
      wells: WELLS.slice(0, 1),
      said: (result) =>
        Object.fromEntries(Object.entries(result).filter(([key]) => key !== field)) as typeof result,
    })
    await coordinator.settled(`untold-${name}.1`)
    expect(one?.failures[0]).toEqual({ reason: 'training-error' })
    const [error] = one?.errors ?? []
    expect(error?.cause ?? error).toMatchObject({
      code: 'trainer-incomplete',
      message: expect.stringContaining(field),
    })
    await one?.client.leave()
  },
)

test('[T11] a SCAFFOLD update without its control tensors, or with others, is refused by name', async () => {
  const { operator, url } = coordinator
  await operator.createTask(
    vectorTask({
      id: 'raw-scaffold',
      clients: 1,
      tensors: TENSORS,
      strategy: { name: 'scaffold', population: 1 },
    }),
  )
  const client = await enrolRawClient(url, await operator.invite(1))
  await client.connect()
  client.send(checkIn('raw-scaffold'))
  await operator.trigger('raw-scaffold')
  const invitation = await client.next('invitation')
  expect(invitation.carried).toEqual({ since: 1 })
  const to = { round: invitation.round, client: client.id, token: invitation.session.token }
  const control = TENSORS.map((tensor) => ({ ...tensor, name: `control.${tensor.name}` }))
  const submit = (tensors: { name: string; shape: number[]; dtype: 'F32' }[], ...values: number[]) =>
    upload(
      url,
      to,
      sealFor(client, invitation, encodeSafetensors({ tensors, values: Float32Array.from(values) })),
    )
  expect(refusalOf(await submit(TENSORS, 1, 2, 3))).toMatchObject({
    word: 'bad-tensors',
    about: { tensor: 'control.w', reason: 'missing' },
  })
  expect(refusalOf(await submit([...TENSORS, ...control.slice(0, 1)], 1, 2, 3, 4, 5))).toMatchObject({
    about: { tensor: 'control.b', reason: 'missing' },
  })
  expect(refusalOf(await submit([...TENSORS, ...control], 1, 2, 3, 4, Number.NaN, 6))).toMatchObject({
    about: { tensor: 'control.w', reason: 'not-finite' },
  })
  expect(await submit([...TENSORS, ...control], 1, 2, 3, 4, 5, 6)).toMatchObject({ status: 200 })
  await coordinator.settled('raw-scaffold.1')
  expect(await operator.weights('raw-scaffold', 2)).toEqual(Float32Array.of(2, 3, 4))
  expect((await stateOf('raw-scaffold', 2)).values).toEqual(Float32Array.of(4, 5, 6))
  client.disconnect()
})
