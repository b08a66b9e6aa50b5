/** Personalised tasks, from the SDK's clients over real sockets: what stays on a device, and what of it anyone sees. */
import type { Surroundings, Trainer } from '@tributary/client-sdk'
import { createNodeClient } from '@tributary/client-sdk/node'
import type { Personalization, TaskFileInput } from '@tributary/protocols/task'
import { encodeSafetensors, type TensorManifest } from '@tributary/protocols/tensors'
import { describe, expect, test } from 'vitest'
import { filesIn, temporaryFolder } from '../fleet/folder-bytes.ts'
import { refusalOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { startCoordinator } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { type Well, wellTrainer } from '../fleet/well-clients.ts'

/** A head of a thousand values: a message that had them would be 4 kB longer. */
const BODY = 4
const HEAD = 1_000
const TENSORS: TensorManifest = [
  { name: 'body/w', shape: [BODY], dtype: 'F32' },
  { name: 'head/w', shape: [HEAD], dtype: 'F32' },
]
const HEADS: Personalization = { kind: 'local-layers', layers: ['last'] }
const WELLS: readonly Well[] = [
  { force: 1, place: 3 },
  { force: 1, place: -1 },
]
const SECURE = {
  mode: 'secure-aggregation' as const,
  audience: 'demo' as const,
  corrupt: 0,
  range: 8,
  maxExamples: 10,
  stepSeconds: 20,
}

/** A trainer that says what the weights are that it is asked by. */
const tellingTrainer = (well: Well) =>
  Object.assign(wellTrainer(well), {
    predict: async ({ weights }: { weights: Float32Array }, _: 'weights') => weights,
  }) satisfies Trainer

type World = Awaited<ReturnType<typeof world>>

const world = async () => {
  const coordinator = await startCoordinator()
  const folder = await temporaryFolder()
  const bodies: { client: number; bytes: number }[] = []
  const clientAt = (n: number, task: string, well: Well) => {
    const fetching: Surroundings['fetch'] = (url, init) => {
      if (init?.method === 'PUT' && init.body instanceof Uint8Array)
        bodies.push({ client: n, bytes: init.body.length })
      return fetch(url, init)
    }
    return createNodeClient({
      coordinator: coordinator.url,
      task,
      trainer: tellingTrainer(well),
      consent: 'granted',
      privacy: { audience: 'demo' },
      folder: `${folder.path}/${n}`,
      surroundings: { fetch: fetching },
    })
  }
  return {
    coordinator,
    clientAt,
    bodies,
    ownFiles: async () => (await filesIn(folder.path)).filter((path) => path.includes('/personal/')),
    async [Symbol.asyncDispose]() {
      await coordinator[Symbol.asyncDispose]()
      await folder[Symbol.asyncDispose]()
    },
  }
}

type Wishes = Pick<TaskFileInput, 'personalization' | 'privacy' | 'strategy'> & {
  id: string
  rounds?: number
}

/** So many rounds of all wells; the clients have left. */
const trained = async ({ coordinator, clientAt }: World, { id, rounds = 1, ...task }: Wishes) => {
  const { operator } = coordinator
  const token = await operator.invite(WELLS.length)
  const failures: string[] = []
  const clients = await Promise.all(
    WELLS.map(async (well, n) => {
      const client = clientAt(n, id, well)
      client.on('failed', ({ detail }) => failures.push(detail))
      await client.enrol(token)
      return client
    }),
  )
  const { personalization, ...others } = task
  await operator.createTask({
    ...vectorTask({
      id,
      tensors: TENSORS,
      clients: WELLS.length,
      schedule: { kind: 'continuous' },
      stop: { kind: 'completed-rounds', rounds },
      ...others,
    }),
    ...(personalization && { personalization }),
  })
  const have = clients.map(
    (client) =>
      new Promise<void>((resolve) => {
        client.on('model', ({ version }) => void (version === rounds + 1 && resolve()))
      }),
  )
  await Promise.all(clients.map((client) => client.join()))
  await coordinator.settled(`${id}.${rounds}`)
  await Promise.all(have)
  expect(failures).toEqual([])
  for (const client of clients) await client.leave()
  return { clients, model: await operator.weights(id, rounds + 1) }
}

/** The one value that the body, and the head, of these weights have throughout. */
const partsOf = (weights: Float32Array) => {
  const [body, head] = [new Set(weights.subarray(0, BODY)), new Set(weights.subarray(BODY))]
  expect([body.size, head.size]).toEqual([1, 1])
  return { body: [...body][0] ?? Number.NaN, head: [...head][0] ?? Number.NaN }
}

describe('[T14] heads of the clients’ own', () => {
  test('[T15] go apart while the body is one; the coordinator keeps the head that it drew, and no message holds another', async () => {
    await using at = await world()
    const { clients, model } = await trained(at, { id: 'heads', rounds: 3, personalization: HEADS })
    const shared = partsOf(model)
    // Places 3 and −1, from ones: bodies are pulled to their mean, heads each to its own.
    expect(shared.head).toBe(1)
    const [one, other] = await Promise.all(clients.map(async (c) => partsOf(await c.predict('weights'))))
    expect([one?.body, other?.body]).toEqual([shared.body, shared.body])
    expect(one?.head).toBeCloseTo(3 - 2 * 0.95 ** 60, 4)
    expect(other?.head).toBeCloseTo(-1 + 2 * 0.95 ** 60, 4)
    expect(clients[0]?.model?.weights).toEqual(model)

    const plain = await trained(at, { id: 'plain' })
    expect(partsOf(plain.model).head).toBe(partsOf(plain.model).body)
    const sizes = [...new Set(at.bodies.map(({ bytes }) => bytes))].sort((a, b) => a - b)
    expect(at.bodies).toHaveLength(3 * 2 + 2)
    expect(sizes).toHaveLength(2)
    // Less by the head's values, and by its name in the header.
    expect((sizes[1] ?? 0) - (sizes[0] ?? 0)).toBeGreaterThanOrEqual(4 * HEAD)
  })

  test('outlive the process, and are erased when the client asks for that', async () => {
    await using at = await world()
    const { clients } = await trained(at, { id: 'lasting', personalization: HEADS })
    const [before] = await Promise.all(clients.map(async (c) => partsOf(await c.predict('weights'))))
    expect(await at.ownFiles()).toHaveLength(2)
    const [well] = WELLS
    if (!well) throw new Error('there is a well')
    const again = at.clientAt(0, 'lasting', well)
    const has = new Promise((resolve) => again.on('model', resolve))
    await again.join()
    await has
    expect(partsOf(await again.predict('weights'))).toEqual(before)
    await again.erase()
    expect(await at.ownFiles()).toHaveLength(1)
    expect(partsOf(await again.predict('weights'))).toEqual({ body: before?.body, head: 1 })
    await clients[1]?.erase()
    expect(await at.ownFiles()).toEqual([])
  })

  test('[T15] do not come into masked sums, which are shorter by them and make the same body', async () => {
    await using at = await world()
    const clear = await trained(at, { id: 'clear', rounds: 2, personalization: HEADS })
    at.bodies.length = 0
    const masked = await trained(at, { id: 'masked', rounds: 2, personalization: HEADS, privacy: SECURE })
    expect(partsOf(masked.model).body).toBeCloseTo(partsOf(clear.model).body, 3)
    expect(partsOf(masked.model).head).toBe(1)
    for (const { bytes } of at.bodies) expect(bytes).toBeLessThan(4 * HEAD)
    const [one, other] = await Promise.all(
      masked.clients.map(async (c) => partsOf(await c.predict('weights'))),
    )
    expect((one?.head ?? 0) - (other?.head ?? 0)).toBeGreaterThan(1)
  })

  test.each(['central', 'distributed'] as const)(
    'stay as they were drawn under %s noise, which is on what travels',
    async (mechanism) => {
      await using at = await world()
      const differentialPrivacy = {
        mechanism,
        noiseMultiplier: 1,
        clipping: { kind: 'fixed', clipNorm: 1 },
        budget: { epsilon: 1e3, delta: 1e-5 },
        participation: { most: 9 },
      } as const
      const { range: _, ...secure } = SECURE
      const noised = await trained(at, {
        id: 'noised',
        personalization: HEADS,
        privacy:
          mechanism === 'central'
            ? { mode: 'sealed', differentialPrivacy }
            : { ...secure, differentialPrivacy },
        ...(mechanism === 'central' && { strategy: { name: 'fedadam' } }),
      })
      expect(new Set(noised.model.subarray(BODY))).toEqual(new Set([1]))
      expect(new Set(noised.model.subarray(0, BODY)).size).toBe(BODY)
    },
  )

  test('go with sums that are refined by what was sent before', async () => {
    await using at = await world()
    const refined = await trained(at, {
      id: 'refined',
      rounds: 2,
      personalization: HEADS,
      privacy: SECURE,
      strategy: { name: 'rfa', steps: 2 },
    })
    expect(new Set(refined.model.subarray(BODY))).toEqual(new Set([1]))
    // Both lie as far from their mean, 1, to which the quantizer brings them as near as its levels are.
    for (const value of refined.model.subarray(0, BODY)) expect(value).toBeCloseTo(1, 3)
  })
})

test('[T16] models of the clients’ own lie between the shared one and what each would learn alone, and are never sent', async () => {
  await using at = await world()
  // The steps that a well takes are its plan's epochs: so many that v comes to rest.
  const ditto: Personalization = { kind: 'ditto', lambda: 1, epochs: 400 }
  const { clients, model } = await trained(at, { id: 'ditto', rounds: 2, personalization: ditto })
  const plain = await trained(at, { id: 'plain', rounds: 2 })
  expect(model).toEqual(plain.model)
  expect(new Set(at.bodies.map(({ bytes }) => bytes)).size).toBe(1)
  // ∇ = (v − place) + λ(v − w) = 0, w being what the last round began from.
  const received = partsOf(await at.coordinator.operator.weights('ditto', 2)).body
  for (const [n, { place }] of WELLS.entries()) {
    const own = partsOf((await clients[n]?.predict('weights')) ?? new Float32Array())
    expect(own.body).toBeCloseTo((place + received) / 2, 4)
  }
})

test('[T15] an update that has what is its client’s own is refused by name, and so is one that lacks what travels', async () => {
  await using coordinator = await startCoordinator()
  const { operator, url } = coordinator
  await operator.createTask({
    ...vectorTask({ id: 'raw', clients: 1, tensors: TENSORS }),
    personalization: HEADS,
  })
  const client = await enrolRawClient(url, await operator.invite(1))
  await client.connect()
  client.send(checkIn('raw'))
  await operator.trigger('raw')
  const invitation = await client.next('invitation')
  const to = { round: invitation.round, client: client.id, token: invitation.session.token }
  const submit = (tensors: TensorManifest, length: number) => {
    const values = new Float32Array(length).fill(0.5)
    return upload(url, to, sealFor(client, invitation, encodeSafetensors({ tensors, values })))
  }
  expect(refusalOf(await submit(TENSORS, BODY + HEAD))).toMatchObject({
    word: 'bad-tensors',
    about: { tensor: 'head/w' },
  })
  expect(refusalOf(await submit(TENSORS.slice(1), HEAD))).toMatchObject({
    word: 'bad-tensors',
    about: { tensor: 'body/w' },
  })
  expect(await submit(TENSORS.slice(0, 1), BODY)).toMatchObject({ status: 200 })
  await coordinator.settled('raw.1')
  const model = await operator.weights('raw', 2)
  expect([...model]).toEqual([...Array(BODY).fill(1.5), ...Array(HEAD).fill(1)])
  client.disconnect()
})

test('what cannot be personalised is refused with its path and what would do', async () => {
  await using coordinator = await startCoordinator()
  const mistakesOf = async (personalization: unknown, strategy?: TaskFileInput['strategy']) =>
    coordinator.operator
      .createTask({
        ...vectorTask({ id: 'no', clients: 2, tensors: TENSORS, ...(strategy && { strategy }) }),
        personalization: personalization as Personalization,
      })
      .then(
        () => 'made',
        (error: unknown) => String(error),
      )
  expect(await mistakesOf({ kind: 'local-layers', layers: ['tail'] })).toMatch(
    /personalization.*name some of body, head/s,
  )
  expect(await mistakesOf({ kind: 'fedbn' })).toMatch(/personalization.*choose local-layers/s)
  for (const name of ['scaffold', 'feddyn'] as const)
    expect(await mistakesOf(HEADS, { name, population: 2 })).toMatch(/personalization\.kind.*choose ditto/s)
  expect(await mistakesOf({ kind: 'ditto', lambda: 1 }, { name: 'scaffold', population: 2 })).toBe('made')
})
