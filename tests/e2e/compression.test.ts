/** Updates that clients compress, from the SDK's clients over real sockets, and what the door says of others. */
import { memoryRecordStore } from '@tributary/client-sdk'
import { TaskId } from '@tributary/protocols'
import { compressionSeed, compressUpdate } from '@tributary/protocols/compression'
import { restPaths } from '@tributary/protocols/rest'
import { seededRandom } from '@tributary/protocols/runtime'
import { Compression, type TaskFileInput } from '@tributary/protocols/task'
import { decodeSafetensors, encodeSafetensors } from '@tributary/protocols/tensors'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { refusalOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { type Well, wellClient, wellTrainer } from '../fleet/well-clients.ts'

const LENGTH = 64
const TENSORS = [
  { name: 'w', shape: [15, 4], dtype: 'F32' as const },
  { name: 'b', shape: [4], dtype: 'F32' as const },
]
/** Each is pulled from ones towards its place by as much in every weight. */
const WELLS: readonly Well[] = [
  { force: 1, place: 2 },
  { force: 1, place: -1 },
  { force: 2, place: 3 },
]
const meanStep =
  WELLS.map(({ force, place }) => (1 - (1 - 0.05 * force) ** 20) * (place - 1)).reduce((a, b) => a + b, 0) /
  WELLS.length

const SECURE = {
  mode: 'secure-aggregation',
  audience: 'demo',
  range: 8,
  maxExamples: 10,
  stepSeconds: 20,
} as const
const RANDOM = { sparsify: { kind: 'random-k', share: 0.25 } } as const
const TOP = { sparsify: { kind: 'top-k', share: 0.25 } } as const

let coordinator: TestCoordinator
beforeAll(async () => {
  coordinator = await startCoordinator()
})
afterAll(() => coordinator[Symbol.asyncDispose]())

type Wishes = {
  id: string
  rounds?: number
  compression?: TaskFileInput['compression']
  privacy?: TaskFileInput['privacy']
  wells?: readonly Well[]
  variates?: ReturnType<typeof memoryRecordStore>
}

const joined = async ({ id, rounds = 1, compression, privacy, wells = WELLS, variates }: Wishes) => {
  const { operator, url } = coordinator
  const token = await operator.invite(wells.length)
  const clients = await Promise.all(
    wells.map((well) =>
      wellClient(token, {
        url,
        task: id,
        trainer: wellTrainer(well),
        variates,
        privacy: privacy && { audience: 'demo' },
      }),
    ),
  )
  await operator.createTask(
    vectorTask({
      id,
      tensors: TENSORS,
      clients: wells.length,
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds },
      ...(compression && { compression }),
      ...(privacy && { privacy }),
    }),
  )
  await Promise.all(clients.map(({ client }) => client.join()))
  return clients
}

const trained = async (wishes: Wishes): Promise<Float32Array> => {
  const clients = await joined(wishes)
  const { id, rounds = 1 } = wishes
  await coordinator.settled(`${id}.${rounds}`)
  for (const { failures, errors, client } of clients) {
    expect([failures, errors]).toEqual([[], []])
    await client.leave()
  }
  return coordinator.operator.weights(id, rounds + 1)
}

describe('[R34] what the coordinator makes of compressed updates is the mean of what clients trained', () => {
  test('in levels, within a level, whether rotated or not', async () => {
    for (const [id, compression] of [
      ['levels', { bits: 8 }],
      ['rotated-levels', { rotation: 'hadamard', bits: 8 }],
    ] as const)
      for (const weight of await trained({ id, compression })) expect(weight).toBeCloseTo(1 + meanStep, 1)
  })

  test.each([
    ['sealed', undefined, 5],
    ['masked', SECURE, 3],
  ] as const)(
    'of random-k %s, the same quarter of the weights for all clients, rescaled',
    async (id, privacy, digits) => {
      const weights = await trained({
        id: `random-${id}`,
        compression: RANDOM,
        ...(privacy && { privacy }),
      })
      const moved = weights.filter((weight) => weight !== 1)
      expect(moved.length).toBe(LENGTH / 4)
      for (const weight of moved) expect(weight).toBeCloseTo(1 + 4 * meanStep, digits)
    },
  )

  test('masked and rotated, within the levels of the range', async () => {
    const compression = { rotation: 'hadamard' } as const
    const weights = await trained({ id: 'rotated-masked', compression, privacy: { ...SECURE, range: 16 } })
    for (const weight of weights) expect(weight).toBeCloseTo(1 + meanStep, 3)
  })

  test('of the largest, all of them in the end: what is left out of one goes with the next', async () => {
    const wells = [{ force: 1, place: 2, steps: 1 }]
    const weights = await trained({ id: 'largest', rounds: 4, compression: TOP, wells })
    // Equal values go by their place, a quarter a round; each goes with what was left of the rounds before.
    const quarters = [0, 1, 2, 3].map((quarter) => weights.slice(16 * quarter, 16 * quarter + 16))
    for (const quarter of quarters) expect(new Set(quarter).size).toBe(1)
    expect(quarters.map(([weight = 0]) => weight > 1)).toEqual([true, true, true, true])
    expect(quarters[3]?.[0]).toBeCloseTo(1 + 4 * 0.05, 5)
    expect(quarters[0]?.[0]).toBeCloseTo(1.05, 5)
  })
})

test('[R34] what is left out outlasts a client’s leaving, and is erased when it asks for that', async () => {
  const variates = memoryRecordStore()
  const [one] = await joined({ id: 'kept', compression: TOP, wells: WELLS.slice(0, 1), variates })
  await coordinator.settled('kept.1')
  await one?.client.leave()
  const kept = async () => {
    const bytes = await variates.load(TaskId.parse('kept'))
    return bytes && decodeSafetensors(bytes).values
  }
  expect((await kept())?.filter((value) => value !== 0).length).toBe((3 * LENGTH) / 4)
  await one?.client.erase()
  expect(await kept()).toBeUndefined()
})

test('[R34] a task whose stages do not go together, or with its privacy, is refused with the path and what to do', async () => {
  const make = (compression: TaskFileInput['compression'], privacy?: TaskFileInput['privacy']) =>
    coordinator.operator.call(
      'POST',
      restPaths.tasks,
      vectorTask({
        id: 'refused',
        tensors: TENSORS,
        clients: 3,
        ...(compression && { compression }),
        ...(privacy && { privacy }),
      }),
    )
  expect(refusalOf(await make(TOP, SECURE)).problem).toMatchObject({
    status: 400,
    mistakes: [{ path: 'compression.sparsify.kind', message: expect.stringContaining('random-k') }],
  })
  expect(refusalOf(await make({ rotation: 'hadamard' })).problem).toMatchObject({
    mistakes: [{ path: 'compression.rotation' }],
  })
})

describe('[T13] the door', () => {
  const begun = async (id: string, compression: TaskFileInput['compression']) => {
    const { operator, url } = coordinator
    await operator.createTask(
      vectorTask({ id, clients: 1, tensors: TENSORS, ...(compression && { compression }) }),
    )
    const client = await enrolRawClient(url, await operator.invite(1))
    await client.connect()
    client.send(checkIn(id))
    await operator.trigger(id)
    const invitation = await client.next('invitation')
    const to = { round: invitation.round, client: client.id, token: invitation.session.token }
    const values = Float32Array.from({ length: LENGTH }, (_, i) => (i % 7) - 3)
    const made = compressUpdate(
      values,
      { compression: Compression.parse(compression), length: LENGTH, beside: 0 },
      {
        seed: compressionSeed({ round: invitation.round, model: invitation.model.digest }),
        random: seededRandom(id),
      },
    )
    return {
      made: made.bytes,
      values,
      submit: (bytes: Uint8Array) => upload(url, to, sealFor(client, invitation, bytes)),
      async weights() {
        await coordinator.settled(`${id}.1`)
        client.disconnect()
        return operator.weights(id, 2)
      },
    }
  }
  const altered = (bytes: Uint8Array, change: (view: DataView) => void) => {
    const other = bytes.slice()
    change(new DataView(other.buffer))
    return other
  }

  test('refuses what no stage makes by what is wrong with it, and the round goes on', async () => {
    const { made, submit, values, weights } = await begun('door-top', { ...TOP, bits: 8 })
    const refused = async (bytes: Uint8Array, reason: string) =>
      expect(refusalOf(await submit(bytes))).toMatchObject({
        status: 422,
        word: 'bad-compression',
        detail: expect.stringContaining('compress it as the assignment has it'),
        about: { reason },
      })
    const whole = encodeSafetensors({ tensors: TENSORS, values })
    await refused(
      altered(made, (view) => view.setUint32(4, 0xffff_ffff, true)),
      'other-stages',
    )
    await refused(
      altered(made, (view) => view.setUint8(1, 4)),
      'other-stages',
    )
    await refused(made.subarray(0, -1), 'wrong-length')
    await refused(new Uint8Array(), 'wrong-length')
    await refused(
      altered(made, (view) => view.setFloat32(12, Number.NaN, true)),
      'bad-levels',
    )
    await refused(
      altered(made, (view) => view.setUint8(view.byteLength - 1, 127)),
      'bad-coordinates',
    )
    expect(refusalOf(await submit(Uint8Array.of(...made, 0)))).toMatchObject({ word: 'too-large' })
    expect(refusalOf(await submit(whole))).toMatchObject({ word: 'too-large' })
    expect(await submit(made)).toMatchObject({ status: 200 })
    expect((await weights()).filter((weight) => weight !== 1).length).toBe(LENGTH / 4)
  })

  test('refuses values that are not finite once they are turned back and rescaled, by tensor', async () => {
    const { made, submit, weights } = await begun('door-random', { rotation: 'hadamard', ...RANDOM })
    for (const [value, at] of [
      [Number.NaN, 0],
      [Number.POSITIVE_INFINITY, 3],
      [3e38, 5],
    ] as const)
      expect(
        refusalOf(await submit(altered(made, (view) => view.setFloat32(8 + 4 * at, value, true)))),
      ).toMatchObject({
        status: 422,
        word: 'bad-tensors',
        about: { tensor: 'w', reason: 'not-finite' },
      })
    expect(refusalOf(await submit(made.subarray(0, -4)))).toMatchObject({ about: { reason: 'wrong-length' } })
    expect(await submit(made)).toMatchObject({ status: 200 })
    expect((await weights()).every(Number.isFinite)).toBe(true)
  })
})
