/** Transfer learning: a base that was trained elsewhere travels once; clients train and send the head alone. */
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createCompactTrainer } from '@tributary/client-sdk/compact'
import { freezeLayers } from '@tributary/client-sdk/describe'
import { createNodeClient } from '@tributary/client-sdk/node'
import type { Digest } from '@tributary/protocols'
import { restPaths } from '@tributary/protocols/rest'
import { type ModelSpec, manifestOf, Plan, type TaskFileInput } from '@tributary/protocols/task'
import { decodeSafetensors, digestOf, encodeSafetensors, totalElements } from '@tributary/protocols/tensors'
import { asFloat32, denseLayers, joinWriters, loadDigits } from '@tributary/simulations'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../fleet/folder-bytes.ts'
import { startCoordinator, type TestCoordinator } from '../fleet/test-coordinator.ts'
import { tributary } from '../fleet/tributary-command.ts'
import { startOf } from '../training/start-of.ts'

const CLIENTS = 4
const ROUNDS = 3
const digits = await loadDigits({
  data: process.env.TRIBUTARY_DATA,
  dataset: 'auto',
  clients: 60 + CLIENTS,
  seed: 1,
})
const examplesOf = ({ images, labels }: { images: Uint8Array; labels: Uint8Array }) => ({
  inputs: asFloat32(images),
  targets: labels,
})
const plan: TaskFileInput['plan'] = {
  epochs: 2,
  batchSize: 10,
  optimizer: { name: 'sgd', learningRate: 0.1 },
  loss: 'softmax-cross-entropy',
}
const { signal } = new AbortController()

/** 784 → 64 → 32 → 10, trained on writers who are no clients of the task. */
const base = async () => {
  const model = denseLayers(784, [64, 32], { outputs: 10, activation: 'softmax' })
  const parsed = Plan.parse(plan)
  const trainer = createCompactTrainer({ examples: examplesOf(joinWriters(digits.clients.slice(0, 60))) })
  const { weights } = await trainer.train({
    assignment: { model, plan: parsed },
    plan: parsed,
    weights: startOf(model),
    seed: 1,
    signal,
    onProgress: () => {},
  })
  const file = encodeSafetensors({ tensors: manifestOf(model), values: weights })
  return freezeLayers(model, { layers: ['dense_1', 'dense_2'], weights: file })
}

const taskOf = (id: string, model: ModelSpec, more: Partial<TaskFileInput> = {}): TaskFileInput => ({
  id,
  model,
  plan,
  cohort: { target: CLIENTS, quorum: CLIENTS, overSelection: 1 },
  schedule: { kind: 'continuous' },
  stop: { kind: 'completed-rounds', rounds: ROUNDS },
  ...more,
})

let coordinator: TestCoordinator
let folder: Awaited<ReturnType<typeof temporaryFolder>>
let made: Awaited<ReturnType<typeof base>>
beforeAll(async () => {
  coordinator = await startCoordinator()
  folder = await temporaryFolder()
  made = await base()
}, 120_000)
afterAll(async () => {
  await coordinator[Symbol.asyncDispose]()
  await folder[Symbol.asyncDispose]()
})

const upload = (bytes: Uint8Array, digest: Digest = digestOf(bytes)) =>
  fetch(coordinator.url + restPaths.blob(digest), {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${coordinator.adminToken}`,
      'content-type': 'application/octet-stream',
    },
    body: Buffer.from(bytes),
  })

const created = async (file: TaskFileInput) => {
  const answer = await coordinator.operator.call('POST', restPaths.tasks, file)
  return { status: answer.status, mistakes: Object(answer.body).mistakes }
}

/** Clients of a task, what each sent and received, and why rounds failed. */
const clientsOf = async (task: string, count = CLIENTS) => {
  const token = await coordinator.operator.invite(count)
  const sent: number[] = []
  const fetched: string[] = []
  const failures: string[] = []
  const clients = await Promise.all(
    Array.from({ length: count }, async (_, n) => {
      const writer = digits.clients[60 + n]
      if (!writer) throw new Error('too few writers')
      const client = createNodeClient({
        coordinator: coordinator.url,
        task,
        consent: 'granted',
        trainer: createCompactTrainer({ examples: examplesOf(writer) }),
        privacy: { audience: 'demo' },
        folder: join(folder.path, task, String(n)),
        surroundings: {
          fetch: (url, init) => {
            if (init?.method === 'PUT' && init.body instanceof Uint8Array) sent.push(init.body.length)
            else fetched.push(String(url))
            return fetch(url, init)
          },
        },
      })
      client.on('failed', ({ detail }) => failures.push(detail))
      await client.enrol(token)
      return client
    }),
  )
  return { clients, sent, fetched, failures }
}

describe('[T18] a task with a frozen part', () => {
  test('is not made before the part is there, nor of a part that is another', async () => {
    const { frozen } = made.model
    if (!frozen) throw new Error('nothing is frozen')
    expect(await created(taskOf('too-early', made.model))).toMatchObject({
      status: 400,
      mistakes: [{ path: 'model.frozen.weights.digest', message: expect.stringMatching(/upload it first/) }],
    })
    const wrong = await upload(made.frozen, digestOf(Uint8Array.of(1)))
    expect([wrong.status, Object(await wrong.json()).type]).toEqual([
      422,
      expect.stringContaining('wrong-digest'),
    ])
    const other = encodeSafetensors({
      tensors: [{ name: 'dense_1/kernel', shape: [2], dtype: 'F32' }],
      values: Float32Array.of(1, 2),
    })
    const nothing = encodeSafetensors({
      tensors: frozen.tensors,
      values: new Float32Array(totalElements(frozen.tensors)).fill(Number.NaN),
    })
    for (const [bytes, path] of [
      [other, 'model.frozen.tensors'],
      [nothing, 'model.frozen.weights'],
      [Uint8Array.of(1, 2, 3), 'model.frozen.weights'],
    ] as const) {
      expect((await upload(bytes)).status).toBe(200)
      const weights = { digest: digestOf(bytes), bytes: bytes.length }
      const answer = await created(taskOf('other', { ...made.model, frozen: { ...frozen, weights } }))
      expect(answer).toMatchObject({ status: 400, mistakes: [{ path }] })
    }
    expect((await upload(made.frozen)).status).toBe(200)
    const longer = { ...frozen.weights, bytes: frozen.weights.bytes + 1 }
    expect(
      await created(taskOf('other', { ...made.model, frozen: { ...frozen, weights: longer } })),
    ).toMatchObject({
      status: 400,
      mistakes: [{ path: 'model.frozen.weights.bytes' }],
    })
  })

  test('is made by one command, and learns by rounds in which the head alone travels', {
    timeout: 120_000,
  }, async () => {
    const files = { task: join(folder.path, 'task.json'), frozen: join(folder.path, 'frozen.safetensors') }
    await writeFile(files.task, JSON.stringify(taskOf('transfer', made.model)))
    await writeFile(files.frozen, made.frozen)
    const line = ['--url', coordinator.url]
    const { clients, sent, fetched, failures } = await clientsOf('transfer')
    const command = await tributary(['tasks', 'create', files.task, '--frozen', files.frozen, ...line], {
      env: { TRIBUTARY_TOKEN: coordinator.adminToken },
    })
    expect(command).toMatchObject({ code: 0 })
    const have = clients.map(
      (client) =>
        new Promise<void>((resolve) => {
          client.on('model', ({ version }) => void (version === ROUNDS + 1 && resolve()))
        }),
    )
    await Promise.all(clients.map((client) => client.join()))
    await coordinator.settled(`transfer.${ROUNDS}`)
    await Promise.all(have)
    expect(failures).toEqual([])

    const head = 32 * 10 + 10
    const everything = 784 * 64 + 64 + 64 * 32 + 32 + head
    const { digest } = made.model.frozen?.weights ?? {}
    process.stdout.write(
      `an update has ${sent[0]} bytes; the head's values are ${4 * head}, the whole model's ${4 * everything}\n`,
    )
    expect(sent).toHaveLength(CLIENTS * ROUNDS)
    for (const bytes of sent) {
      expect(bytes).toBeGreaterThan(4 * head)
      expect(bytes).toBeLessThan(4 * head + 1_000)
    }
    for (const { weights } of await coordinator.operator.models('transfer')) {
      expect(weights.bytes).toBeLessThan(4 * head + 1_000)
    }
    // Once a client, however many rounds there were; and what came is what was uploaded.
    expect(fetched.filter((url) => url.endsWith(String(digest)))).toHaveLength(CLIENTS)
    expect(await coordinator.operator.blob(digestOf(made.frozen))).toEqual(made.frozen)

    const [client] = clients
    const answers = (await client?.predict(asFloat32(digits.heldOut.images))) ?? new Float32Array()
    const right = digits.heldOut.labels.filter((label, row) => {
      const row10 = answers.subarray(10 * row, 10 * row + 10)
      return row10.indexOf(Math.max(...row10)) === label
    }).length
    const accuracy = right / digits.heldOut.labels.length
    process.stdout.write(`the head is right for ${(100 * accuracy).toFixed(1)} % of digits by other hands\n`)
    expect(accuracy).toBeGreaterThan(0.7)
    for (const one of clients) await one.leave()
  })

  test('is summed in secret by the head’s length alone', { timeout: 120_000 }, async () => {
    const { clients, sent, failures } = await clientsOf('secret')
    await coordinator.operator.createTask(
      taskOf('secret', made.model, {
        stop: { kind: 'completed-rounds', rounds: 1 },
        privacy: {
          mode: 'secure-aggregation',
          audience: 'demo',
          corrupt: 0,
          maxExamples: 500,
          stepSeconds: 20,
        },
      }),
    )
    await Promise.all(clients.map((client) => client.join()))
    await coordinator.settled('secret.1')
    expect(failures).toEqual([])
    expect(await coordinator.operator.round('secret.1')).toMatchObject({ phase: 'completed' })
    for (const bytes of sent) expect(bytes).toBeLessThan(4 * 330 + 1_000)
    for (const one of clients) await one.leave()
  })

  test('whose file was tampered with is trained by nobody', { timeout: 60_000 }, async () => {
    const manual = { schedule: { kind: 'manual' }, stop: { kind: 'never' } } as const
    await coordinator.operator.createTask(taskOf('tampered', made.model, manual))
    const frozen = made.model.frozen?.weights.digest ?? ''
    const found = (await readdir(coordinator.folder, { recursive: true })).find((path) =>
      path.endsWith(frozen.slice(-60)),
    )
    if (!found) throw new Error('the file is not where it was kept')
    const path = join(coordinator.folder, found)
    const bytes = await readFile(path)
    const untouched = Buffer.from(bytes)
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    await writeFile(path, bytes)
    try {
      const { clients, sent } = await clientsOf('tampered', 1)
      const [client] = clients
      const problem = new Promise<Error>((resolve) => client?.on('error', resolve))
      await client?.join()
      expect(await problem).toMatchObject({ message: expect.stringMatching(/digest|bytes/) })
      await expect(client?.predict(new Float32Array(784))).rejects.toMatchObject({ code: 'no-model' })
      expect(sent).toEqual([])
      await client?.leave()
    } finally {
      await writeFile(path, untouched)
    }
  })

  test('keeps its file: it is referred to, in backups and for doctor too', async () => {
    const saved = join(folder.path, 'saved')
    const data = ['--data', coordinator.folder]
    expect(
      await tributary(['retention', '--keep-versions', '1', '--grace-hours', '0', ...data]),
    ).toMatchObject({
      code: 0,
    })
    expect(await coordinator.operator.blob(digestOf(made.frozen))).toEqual(made.frozen)
    expect(await tributary(['backup', saved, ...data])).toMatchObject({ code: 0 })
    expect(await tributary(['restore', saved, '--data', join(folder.path, 'restored')])).toMatchObject({
      code: 0,
    })
    const kept = (await readdir(join(folder.path, 'restored'), { recursive: true })).find((path) =>
      path.endsWith(digestOf(made.frozen).slice(-60)),
    )
    expect(kept && (await readFile(join(folder.path, 'restored', kept)))).toEqual(Buffer.from(made.frozen))
  })
})

test('what has been read back is what was frozen', () => {
  const { tensors } = decodeSafetensors(made.frozen)
  expect(tensors.map(({ name }) => name)).toEqual([
    'dense_1/kernel',
    'dense_1/bias',
    'dense_2/kernel',
    'dense_2/bias',
  ])
})
