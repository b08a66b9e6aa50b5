import { restPaths } from '@tributary/protocols/rest'
import { digestOf, encodeSafetensors, type TensorManifest } from '@tributary/protocols/tensors'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type CoordinatorProcess,
  portToReturnTo,
  startCoordinatorProcess,
} from '../fleet/coordinator-process.ts'
import { filesIn } from '../fleet/folder-bytes.ts'
import { type Operator, operatorOf, refusalOf } from '../fleet/operator.ts'
import { checkIn, enrolRawClient, sealFor, upload } from '../fleet/raw-client.ts'
import { referenceFedavg } from '../fleet/reference-fedavg.ts'
import { type SmallDisk, smallDisk } from '../fleet/small-disk.ts'
import { metricIn } from '../fleet/test-coordinator.ts'
import { vectorTask } from '../fleet/test-tasks.ts'
import { until } from '../fleet/until.ts'

const ELEMENTS = 5_000
const tensors: TensorManifest = [{ name: 'w', shape: [ELEMENTS], dtype: 'F32' }]

let disk: SmallDisk
let running: CoordinatorProcess
let operator: Operator
let port: number
beforeEach(async () => {
  disk = await smallDisk(4)
  port = await portToReturnTo()
  await start()
  operator = operatorOf(running.url, running.firstAdminToken ?? '')
})
afterEach(async () => {
  await running[Symbol.asyncDispose]()
  await disk[Symbol.asyncDispose]()
})

const start = async () => {
  running = await startCoordinatorProcess({ folder: disk.path, port, command: disk.command })
}

test('[U9] on a full disk an update is refused with 503 and never acknowledged; once there is room the same one is taken, and lasts', async () => {
  await operator.createTask(vectorTask({ clients: 2, tensors }))
  const token = await operator.invite(3)
  const members = await Promise.all([1, 2].map((n) => member(token, n)))
  await operator.trigger('vector')
  const [first, second] = await Promise.all(members.map(({ update }) => update()))
  if (!first || !second) throw new Error('the round has no members')
  expect(await first.submit()).toMatchObject({ status: 200 })

  disk.fill()
  let refused = 0
  let answer = await second.submit()
  for (; answer.status !== 200; answer = await second.submit()) {
    // Room for one page more each time: now the bytes do not fit, now the bytes fit and the row does not.
    expect(refusalOf(answer)).toMatchObject({ status: 503, word: 'storage-full' })
    expect(await received()).toEqual([first.id])
    refused++
    disk.free(1)
  }
  expect(refused).toBeGreaterThan((4 * ELEMENTS) / 4_096)
  expect(await received()).toEqual([first.id, second.id].toSorted())
  expect(await metric('tributary_refusals_total', { kind: 'update', reason: 'storage-full' })).toBe(refused)

  await running.kill()
  disk.free()
  await start()
  expect(await second.submit()).toEqual(answer)
  const round = await until('the round to complete', async () => {
    const round = await operator.round('vector.1')
    if (round.phase === 'abandoned') throw new Error(round.detail)
    return round.phase === 'completed' && round
  })
  const base = new Float32Array(ELEMENTS).fill(1)
  const values = referenceFedavg(
    base,
    [first, second].map(({ id: client, ...update }) => ({ client, ...update })),
  )
  expect(round.version.digest).toBe(digestOf(encodeSafetensors({ tensors, values })))
  await until(
    'nothing to be left of the updates',
    async () => (await filesIn(`${disk.seenFromHere}/updates`)).length === 0,
  )
  for (const { client } of members) client.disconnect()
})

test('[R19] a full disk refuses whatever must be kept, reads go on, and nothing is half done', async () => {
  await operator.createTask(vectorTask({ clients: 1, tensors }))
  disk.fill()
  const another = vectorTask({
    id: 'another',
    clients: 1,
    tensors: [{ name: 'w', shape: [9_999], dtype: 'F32' }],
  })
  const create = () => operator.call('POST', restPaths.tasks, another)
  expect(refusalOf(await create())).toMatchObject({ status: 503, word: 'storage-full' })
  expect((await operator.call('GET', `${restPaths.tasks}/another`)).status).toBe(404)
  expect((await operator.task('vector')).latestModel?.version).toBe(1)
  expect(await operator.weights('vector', 1)).toHaveLength(ELEMENTS)
  disk.free()
  expect((await create()).status).toBe(201)
})

test('a round whose new weights find no room waits for it, and is not lost', async () => {
  await operator.createTask(vectorTask({ clients: 1, tensors }))
  const { client, update } = await member(await operator.invite(1), 1)
  await operator.trigger('vector')
  const { submit } = await update()
  disk.fill()
  while ((await submit()).status !== 200) disk.free(1)
  // Just enough for the update: as many pages again are needed for the weights, and for the row that says so.
  await until(
    'the weights to find no room',
    async () => (await metric('tributary_faults_total', { during: 'aggregate' })) > 0,
  )
  expect((await operator.round('vector.1')).phase).toBe('aggregating')
  disk.free()
  await until('the round to complete', async () => (await operator.round('vector.1')).phase === 'completed')
  client.disconnect()
})

const metric = async (name: string, labels: Record<string, string>) =>
  metricIn(await (await fetch(`${running.url}/metrics`)).text(), name, labels)

/** Clients whose updates the round counts. */
const received = async () =>
  (await operator.round('vector.1')).members
    .filter(({ status }) => status === 'received')
    .map(({ client }) => client)

/** A client that is there for the task; its update once a round has invited it, always the same bytes. */
const member = async (token: string, n: number) => {
  const client = await enrolRawClient(running.url, token)
  await client.connect()
  client.send(checkIn('vector'))
  return {
    client,
    async update() {
      const invitation = await client.next('invitation')
      const delta = Float32Array.from({ length: ELEMENTS }, (_, i) => Math.sin(n * i))
      const examples = 10 * n
      const sealed = sealFor(client, invitation, encodeSafetensors({ tensors, values: delta }), { examples })
      const to = { round: invitation.round, client: client.id, token: invitation.session.token }
      const submit = () => upload(running.url, to, sealed)
      return { id: client.id, delta, examples, submit }
    },
  }
}
